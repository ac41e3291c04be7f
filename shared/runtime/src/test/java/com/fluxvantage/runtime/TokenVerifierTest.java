package com.fluxvantage.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fluxvantage.kernel.tenancy.TenantId;
import com.fluxvantage.kernel.tenancy.TokenClaims;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class TokenVerifierTest {
    private static final String ISSUER = "https://identity.example.org/pool";
    private static final String AUDIENCE = "fluxvantage-api";
    private static final TenantId TENANT =
            new TenantId(UUID.fromString("01938f4e-7c11-7abc-8def-0123456789ab"));
    private static final RSAKey KEY = rsa("first");
    private static final RSAKey NEXT_KEY = rsa("second");
    private static final RSAKey STRANGER = rsa("stranger");
    private static final ECKey CURVE = ec("curve");

    private final KeySetServer issuer = KeySetServer.serving(KEY, CURVE);
    private final TokenVerifier tokens = new TokenVerifier(ISSUER, AUDIENCE, issuer.url());

    @AfterEach
    void stop() {
        issuer.stop();
    }

    @Test
    void a_good_token_says_who_and_for_which_tenant() {
        assertThat(tokens.verify(good()))
                .contains(new TokenClaims(TENANT, new TokenClaims.UserSubject("user-1")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"JWT", "at+jwt"})
    void a_token_may_say_that_it_is_an_access_token(String type) {
        assertThat(
                        tokens.verify(
                                signed(
                                        header("first").type(new JOSEObjectType(type)).build(),
                                        claims())))
                .isPresent();
    }

    @Test
    void a_token_of_another_type_is_refused() {
        assertRefused(
                signed(header("first").type(new JOSEObjectType("logout+jwt")).build(), claims()));
    }

    @Test
    void a_token_is_good_for_less_than_a_minute_after_its_end() {
        tokens.verify(good());
        assertThat(
                        tokens.verify(
                                signed(it ->
                                        it.expirationTime(
                                                Date.from(nextSecond().minusSeconds(59))))))
                .isPresent();
        assertRefused(signed(it -> it.expirationTime(Date.from(thisSecond().minusSeconds(61)))));
        assertRefused(
                signed(it -> it.expirationTime(Date.from(thisSecond().minus(Duration.ofDays(1))))));
    }

    @Test
    void a_token_may_start_less_than_a_minute_in_the_future() {
        tokens.verify(good());
        assertThat(
                        tokens.verify(
                                signed(it ->
                                        it.notBeforeTime(Date.from(thisSecond().plusSeconds(59))))))
                .isPresent();
        assertRefused(signed(it -> it.notBeforeTime(Date.from(nextSecond().plusSeconds(62)))));
    }

    @Test
    void a_token_may_be_made_less_than_a_minute_in_the_future() {
        tokens.verify(good());
        assertThat(
                        tokens.verify(
                                signed(it ->
                                        it.issueTime(Date.from(thisSecond().plusSeconds(59))))))
                .isPresent();
        assertRefused(signed(it -> it.issueTime(Date.from(nextSecond().plusSeconds(62)))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://identity.example.org/pool/",
                "https://identity.example.org",
                "http://identity.example.org/pool",
                "https://IDENTITY.example.org/pool",
                ""
            })
    void a_token_of_another_issuer_is_refused(String other) {
        assertRefused(signed(it -> it.issuer(other)));
    }

    @Test
    void a_token_for_somebody_else_is_refused() {
        assertRefused(signed(it -> it.audience("another-api")));
        assertRefused(signed(it -> it.audience(List.of())));
        assertRefused(signed(it -> it.audience(AUDIENCE + "/")));
    }

    @Test
    void a_token_without_a_signature_is_refused() {
        assertRefused(new PlainJWT(claims()).serialize());
        String signed = good();
        assertRefused(signed.substring(0, signed.lastIndexOf('.') + 1));
        assertRefused(
                encoded("{\"alg\":\"none\",\"kid\":\"first\"}")
                        + signed.substring(signed.indexOf('.')));
    }

    @Test
    void a_token_signed_with_the_public_key_as_a_secret_is_refused() throws JOSEException {
        byte[] publicKey = KEY.toRSAPublicKey().getEncoded();
        var token =
                new SignedJWT(
                        new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("first").build(), claims());
        token.sign(new MACSigner(publicKey));

        assertRefused(token.serialize());
    }

    @Test
    void a_token_of_another_algorithm_is_refused_though_its_key_is_the_issuers()
            throws JOSEException {
        var elliptic =
                new SignedJWT(
                        new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("curve").build(), claims());
        elliptic.sign(new ECDSASigner(CURVE));
        var longer =
                new SignedJWT(
                        new JWSHeader.Builder(JWSAlgorithm.RS512).keyID("first").build(), claims());
        longer.sign(new RSASSASigner(KEY));
        var padded =
                new SignedJWT(
                        new JWSHeader.Builder(JWSAlgorithm.PS256).keyID("first").build(), claims());
        padded.sign(new RSASSASigner(KEY));

        assertRefused(elliptic.serialize());
        assertRefused(longer.serialize());
        assertRefused(padded.serialize());
    }

    @Test
    void a_token_that_was_altered_is_refused() {
        String[] part = good().split("\\.", 3);
        String other =
                new String(Base64URL.from(part[1]).decode(), StandardCharsets.UTF_8)
                        .replace("user-1", "user-2");

        assertRefused(part[0] + "." + encoded(other) + "." + part[2]);
    }

    @Test
    void a_token_of_a_stranger_is_refused_under_any_key_id() {
        assertRefused(signed(STRANGER, header("stranger").build(), claims()));
        assertRefused(signed(STRANGER, header("first").build(), claims()));
        assertRefused(
                signed(STRANGER, new JWSHeader.Builder(JWSAlgorithm.RS256).build(), claims()));
    }

    @Test
    void a_token_cannot_say_where_its_key_is() {
        var elsewhere = KeySetServer.serving(STRANGER);
        try {
            var there = URI.create(elsewhere.url().toString());
            assertRefused(signed(STRANGER, header("stranger").jwkURL(there).build(), claims()));
            assertRefused(signed(STRANGER, header("first").x509CertURL(there).build(), claims()));
            assertRefused(
                    signed(
                            STRANGER,
                            header("first").jwk(STRANGER.toPublicJWK()).build(),
                            claims()));
            assertThat(elsewhere.fetches()).isZero();
        } finally {
            elsewhere.stop();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sub", "exp", "iat", "iss", "aud", TokenVerifier.TENANT_CLAIM})
    void a_token_without_a_claim_that_is_needed_is_refused(String missing) {
        assertRefused(signed(it -> it.claim(missing, null)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", " user-1", "user\u00001"})
    void a_token_about_nobody_is_refused(String subject) {
        assertRefused(signed(it -> it.subject(subject)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "main",
                "tnt_01je7mwz0hfay8vvr14d2pf2db",
                "1-1-1-1-1",
                "01938f4e-7c11-7abc-8def-0123456789ab ",
                "01938f4e-7c11-7abc-8def-0123456789abcd",
                "01938f4e7c117abc8def0123456789ab",
                "{01938f4e-7c11-7abc-8def-0123456789ab}"
            })
    void a_token_whose_tenant_is_no_uuid_is_refused(String tenant) {
        assertRefused(signed(it -> it.claim(TokenVerifier.TENANT_CLAIM, tenant)));
    }

    @Test
    void a_token_for_several_tenants_is_refused() {
        assertRefused(
                signed(it ->
                        it.claim(TokenVerifier.TENANT_CLAIM, List.of(TENANT.uuid().toString()))));
        assertRefused(signed(it -> it.claim(TokenVerifier.TENANT_CLAIM, 4711)));
    }

    @Test
    void a_token_of_more_than_8_kilobytes_is_refused() {
        String fits = signed(it -> it.claim("note", "x".repeat(5_000)));
        String tooLong = signed(it -> it.claim("note", "x".repeat(6_000)));

        assertThat(fits).hasSizeBetween(7_000, 8_192);
        assertThat(tooLong).hasSizeGreaterThan(8_192);
        assertThat(tokens.verify(fits)).isPresent();
        assertRefused(tooLong);
    }

    @Test
    void a_token_that_says_a_thing_twice_is_refused() throws JOSEException {
        String once = claims().toString();
        String twice = "{\"sub\":\"user-2\"," + once.substring(1);
        var payload = new JWSObject(header("first").build(), new Payload(twice));
        payload.sign(new RSASSASigner(KEY));

        assertRefused(payload.serialize());
        assertRefused(
                signedAsWritten(
                        "{\"alg\":\"RS256\",\"kid\":\"stranger\",\"kid\":\"first\"}", once));
        assertThat(tokens.verify(signedAsWritten("{\"alg\":\"RS256\",\"kid\":\"first\"}", once)))
                .isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "...", "a.b.c", "a.b.c.d.e", "Bearer", "\u0000"})
    void what_is_no_token_is_refused(String text) {
        assertRefused(text);
    }

    @Test
    void keys_are_fetched_once_for_many_tokens() {
        for (int count = 0; count < 5; count++) {
            assertThat(tokens.verify(good())).isPresent();
        }

        assertThat(issuer.fetches()).isOne();
    }

    @Test
    void a_new_key_of_the_issuer_is_found_at_once() {
        assertThat(tokens.verify(good())).isPresent();
        issuer.serve(KEY, NEXT_KEY);

        assertThat(tokens.verify(signed(NEXT_KEY, header("second").build(), claims()))).isPresent();
        assertThat(tokens.verify(good())).isPresent();
        assertThat(issuer.fetches()).isEqualTo(2);
    }

    @Test
    void an_unknown_key_id_fetches_once_a_minute_and_no_more() {
        assertThat(tokens.verify(good())).isPresent();
        for (int count = 0; count < 10; count++) {
            assertRefused(signed(STRANGER, header("stranger-" + count).build(), claims()));
        }

        assertThat(issuer.fetches()).isEqualTo(2);
        assertThat(tokens.verify(good())).isPresent();
    }

    @Test
    void keys_that_were_good_serve_on_while_the_issuer_is_away() {
        // Keys are kept for hardly any time, so that each token asks the issuer again.
        var impatient =
                new TokenVerifier(
                        ISSUER, AUDIENCE, issuer.url(), Duration.ofMillis(2), Duration.ofMillis(1));
        assertThat(impatient.verify(good())).isPresent();
        issuer.fail();
        int before = issuer.fetches();
        assertThat(awaitVerified(impatient, before)).isPresent();
        issuer.stop();

        assertThat(impatient.verify(good())).isPresent();
    }

    @Test
    void an_issuer_that_was_never_reached_is_no_fault_of_the_token() {
        issuer.stop();

        for (int count = 0; count < 4; count++) {
            var found = catchThrowableOfType(ProblemFound.class, () -> tokens.verify(good()));
            assertThat(found).isNotNull();
            assertThat(found.problem().status()).isEqualTo(503);
        }
    }

    /** Verifies until the keys' short life is over and the issuer has been asked in vain. */
    private java.util.Optional<TokenClaims> awaitVerified(
            TokenVerifier verifier, int fetchesBefore) {
        var claims = verifier.verify(good());
        while (claims.isPresent() && issuer.fetches() == fetchesBefore) {
            claims = verifier.verify(good());
        }
        return claims;
    }

    private void assertRefused(String token) {
        assertThat(tokens.verify(token)).isEmpty();
    }

    private static String good() {
        return signed(_ -> {});
    }

    private static String signed(Consumer<JWTClaimsSet.Builder> with) {
        var builder = new JWTClaimsSet.Builder(claims());
        with.accept(builder);
        return signed(header("first").build(), builder.build());
    }

    private static String signed(JWSHeader header, JWTClaimsSet claims) {
        return signed(KEY, header, claims);
    }

    private static String signed(RSAKey key, JWSHeader header, JWTClaimsSet claims) {
        try {
            var token = new SignedJWT(header, claims);
            token.sign(new RSASSASigner(key));
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException("a token can be signed", e);
        }
    }

    private static String signedAsWritten(String header, String payload) throws JOSEException {
        JWSSigner signer = new RSASSASigner(KEY);
        String input = encoded(header) + "." + encoded(payload);
        return input
                + "."
                + signer.sign(header("first").build(), input.getBytes(StandardCharsets.US_ASCII));
    }

    private static String encoded(String text) {
        return Base64URL.encode(text).toString();
    }

    private static JWSHeader.Builder header(String keyId) {
        return new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(keyId);
    }

    private static JWTClaimsSet claims() {
        return new JWTClaimsSet.Builder()
                .issuer(ISSUER)
                .audience(AUDIENCE)
                .subject("user-1")
                .issueTime(Date.from(thisSecond()))
                .expirationTime(Date.from(thisSecond().plusSeconds(300)))
                .claim(TokenVerifier.TENANT_CLAIM, TENANT.uuid().toString())
                .build();
    }

    private static Instant thisSecond() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS);
    }

    // Tokens count whole seconds: rounding up leaves a second in which the test can run.
    private static Instant nextSecond() {
        return thisSecond().plusSeconds(1);
    }

    private static RSAKey rsa(String keyId) {
        try {
            return new RSAKeyGenerator(2048).keyID(keyId).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException("a key can be made", e);
        }
    }

    private static ECKey ec(String keyId) {
        try {
            return new ECKeyGenerator(Curve.P_256).keyID(keyId).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException("a key can be made", e);
        }
    }
}
