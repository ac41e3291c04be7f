package com.fluxvantage.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.kernel.tenancy.TenantId;
import com.fluxvantage.runtime.AuthorizerFunction;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Forged tokens and torn requests, sent byte by byte, since an HTTP client would not send most of
 * them. Each is refused as what it is; none is a fault of ours, and none is said back.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class HostileCallersTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final String MARK = "Zq7mark";
    private static final int SOCKET_MILLIS = 20_000;

    private static LocalPostgres postgres;
    private static LocalPlatform platform;
    private static TenantId tenant;

    @BeforeAll
    static void a_platform_with_a_tenant() throws IOException {
        postgres = LocalPostgres.throwAway(Path.of(System.getProperty("fv.build", "target")));
        platform = LocalPlatform.start(postgres, DaySecret.of(Optional.empty()));
        String body =
                """
                {"name": "T", "administrator": {"subject": "boss", "email": "b@example.org", "display_name": "B"}}\
                """;
        String opened =
                send(
                        body,
                        "POST /v1/tenants HTTP/1.1",
                        "Authorization: Bearer "
                                + platform.token(
                                        LocalPlatform.OPERATOR, AuthorizerFunction.PLATFORM, HOUR),
                        "Idempotency-Key: " + UUID.randomUUID(),
                        "Content-Length: " + body.length());
        tenant =
                Identifiers.parse(
                                TenantId.class,
                                opened.replaceAll("(?s).*\"tenant_id\":\"([^\"]+)\".*", "$1"))
                        .orElseThrow();
    }

    @AfterAll
    static void stop() {
        platform.close();
        postgres.close();
    }

    @Test
    void a_good_token_is_let_in() throws IOException {
        assertThat(get("Bearer " + good())).startsWith("HTTP/1.1 200");
    }

    @Test
    void no_forged_token_is_let_in() throws IOException, JOSEException, ParseException {
        for (var forged : forgeries().entrySet()) {
            var answer = get("Bearer " + forged.getValue());

            assertThat(answer).as(forged.getKey()).startsWith("HTTP/1.1 401");
            assertThat(answer).contains("\"code\":\"unauthenticated\"").doesNotContain(MARK);
        }
        assertThat(get("Bearer " + good())).startsWith("HTTP/1.1 200");
    }

    private static Map<String, String> forgeries()
            throws IOException, JOSEException, ParseException {
        var token = SignedJWT.parse(good());
        var claims = token.getJWTClaimsSet();
        String kid = token.getHeader().getKeyID();
        var stranger = new RSAKeyGenerator(2048).keyID(kid).generate();
        String keySet = "http://127.0.0.1:1/" + MARK;
        var forged = new LinkedHashMap<String, String>();
        forged.put("expired", platform.token("boss", tenant, Duration.ofMinutes(-5)));
        forged.put(
                "of another tenant", platform.token("boss", new TenantId(UUID.randomUUID()), HOUR));
        forged.put("of the platform", platform.token("boss", AuthorizerFunction.PLATFORM, HOUR));
        forged.put("of a stranger to the tenant", platform.token(MARK, tenant, HOUR));
        forged.put(
                "signed by a stranger under our key id",
                signed(claims(claims), header(kid), stranger));
        forged.put("of an unknown key", signed(claims(claims), header(MARK), stranger));
        forged.put(
                "with a key of its own",
                signed(claims(claims), header(kid).jwk(stranger.toPublicJWK()), stranger));
        forged.put(
                "with a place for keys",
                signed(claims(claims), header(kid).jwkURL(URI.create(keySet)), stranger));
        forged.put(
                "with a certificate's place",
                signed(claims(claims), header(kid).x509CertURL(URI.create(keySet)), stranger));
        forged.put("with a secret made of a public key", secretly(claims, kid));
        forged.put("of no algorithm", unsigned(good(), "none"));
        forged.put("of no algorithm, spelled otherwise", unsigned(good(), "nOnE"));
        forged.put("cut short", good().substring(0, good().length() - 9));
        forged.put("without a signature", good().substring(0, good().lastIndexOf('.') + 1));
        forged.put("with a part more", good() + "." + MARK);
        forged.put("none", MARK);
        forged.put("nothing", "");
        forged.put("very long", "x".repeat(60_000));
        return forged;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Bearer", "Basic Zm86YmFy", "bearer ", "Token x", "Bearer  x y"})
    void nobody_is_let_in_by_another_scheme(String authorization) throws IOException {
        assertThat(get(authorization)).startsWith("HTTP/1.1 401");
    }

    @Test
    void two_tokens_are_as_good_as_none() throws IOException {
        assertThat(
                        send(
                                "",
                                "GET /v1/items HTTP/1.1",
                                "Authorization: Bearer " + good(),
                                "Authorization: Bearer " + good()))
                .startsWith("HTTP/1.1 401");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /v1/items/../tenants",
                "GET //v1/items",
                "GET /v1/items/",
                "GET /v1/%69tems%2f",
                "GET /v1/items%00",
                "GET /v2/items",
                "GET /V1/ITEMS",
                "GET /v1/Zq7mark",
                "GET /",
                "GET *",
                "GET http://Zq7mark/v1/nothing",
                "PUT /v1/items",
                "DELETE /v1/items",
                "PATCH /v1/items",
                "TRACE /v1/items",
                "HEAD /v1/items",
                "Zq7mark /v1/items",
                "get /v1/items"
            })
    void another_path_or_method_leads_nowhere(String line) throws IOException {
        var answer = send("", line + " HTTP/1.1", "Authorization: Bearer " + good());

        assertThat(answer).containsPattern("^HTTP/1.1 4\\d\\d").doesNotContain(MARK);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: -1",
                "Content-Length: 99999999999999999999",
                "Content-Length: 2\r\nContent-Length: 3",
                "Transfer-Encoding: Zq7mark",
                "Content-Length: 2\r\nTransfer-Encoding: chunked",
                "X-Torn",
                ": nothing",
                "Idempotency-Key: Zq7mark\r\n folded",
                "Idempotency-Key: Zq7mark\u00e9\u0001",
                "Idempotency-Key: Zq7mark-one\r\nIdempotency-Key: Zq7mark-two"
            })
    void torn_headers_are_refused_and_the_server_serves_on(String headers) throws IOException {
        var answer =
                send("{}", "POST /v1/items HTTP/1.1", "Authorization: Bearer " + good(), headers);

        assertThat(answer)
                .satisfiesAnyOf(
                        it -> assertThat(it).isEmpty(),
                        it -> assertThat(it).containsPattern("^HTTP/1.1 (4\\d\\d|501)"))
                .doesNotContain(MARK);
        assertThat(get("Bearer " + good())).startsWith("HTTP/1.1 200");
    }

    @Test
    void a_body_that_is_no_utf_8_is_refused() throws IOException {
        String body = "{\"sku\": \"\u00ff\u00fe\", \"description\": \"Broken\"}";

        var answer =
                send(
                        body,
                        "POST /v1/items HTTP/1.1",
                        "Authorization: Bearer " + good(),
                        "Idempotency-Key: " + UUID.randomUUID(),
                        "Content-Length: " + body.length());

        assertThat(answer).startsWith("HTTP/1.1 400").contains("\"code\":\"not-json\"");
    }

    private static String good() {
        return platform.token("boss", tenant, HOUR);
    }

    private static String get(String authorization) throws IOException {
        return send("", "GET /v1/items HTTP/1.1", "Authorization: " + authorization);
    }

    /** Each character is one byte. */
    private static String send(String body, String... head) throws IOException {
        String request =
                String.join("\r\n", head)
                        + "\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                        + body;
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), platform.url().getPort())) {
            socket.setSoTimeout(SOCKET_MILLIS);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static JWTClaimsSet.Builder claims(JWTClaimsSet good) {
        return new JWTClaimsSet.Builder(good)
                .issueTime(Date.from(Instant.now()))
                .expirationTime(Date.from(Instant.now().plus(HOUR)));
    }

    private static JWSHeader.Builder header(String kid) {
        return new JWSHeader.Builder(JWSAlgorithm.RS256).type(JOSEObjectType.JWT).keyID(kid);
    }

    private static String signed(JWTClaimsSet.Builder claims, JWSHeader.Builder header, RSAKey key)
            throws JOSEException {
        var token = new SignedJWT(header.build(), claims.build());
        token.sign(new RSASSASigner(key));
        return token.serialize();
    }

    /** The issuer's own public key, which everybody knows, as if it were a secret. */
    private static String secretly(JWTClaimsSet claims, String kid)
            throws JOSEException, IOException, ParseException {
        var keys = JWKSet.load(URI.create(claims.getIssuer() + "/jwks").toURL());
        var known = keys.getKeyByKeyId(kid).toRSAKey().toRSAPublicKey();
        var token =
                new SignedJWT(
                        new JWSHeader.Builder(JWSAlgorithm.HS256)
                                .type(JOSEObjectType.JWT)
                                .keyID(kid)
                                .build(),
                        claims(claims).build());
        token.sign(new MACSigner(known.getEncoded()));
        return token.serialize();
    }

    private static String unsigned(String token, String algorithm) {
        String header =
                Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(
                                ("{\"alg\":\"" + algorithm + "\",\"typ\":\"JWT\"}")
                                        .getBytes(StandardCharsets.UTF_8));
        return header + "." + token.split("\\.", 3)[1] + ".";
    }
}
