package com.fluxvantage.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.amazonaws.services.lambda.runtime.events.APIGatewayCustomAuthorizerEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.fluxvantage.kernel.operation.Permission;
import com.fluxvantage.kernel.tenancy.TenantId;
import com.fluxvantage.testing.TestDatabase;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** From a signed token to a policy, with the member looked up under the authorizer's own login. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class AuthorizerTest {
    private static final String ISSUER = "https://identity.example.org";
    private static final String AUDIENCE = "fluxvantage-api";
    private static final UUID MEMBER = new UUID(0, 42);
    private static final String ARN =
            "arn:aws:execute-api:eu-west-1:123456789012:abc123/prod/GET/v1/items/7";
    private static final RSAKey KEY = key();

    private final House house = new House();
    private final TenantId tenant = house.openTenant("active");
    private final HttpServer issuer;
    private final AuthorizerFunction authorizer;

    AuthorizerTest() throws IOException {
        issuer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        issuer.createContext(
                "/keys",
                exchange -> {
                    byte[] body = new JWKSet(KEY).toString().getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(200, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        issuer.start();
        authorizer =
                new AuthorizerFunction(
                        OwnerOperations.LET_IN,
                        new TokenVerifier(
                                ISSUER,
                                AUDIENCE,
                                URI.create(
                                                "http://127.0.0.1:"
                                                        + issuer.getAddress().getPort()
                                                        + "/keys")
                                        .toURL()),
                        new TenantTransaction(
                                new GuardedConnection(
                                        house.database()
                                                .settings()
                                                .opener(
                                                        OwnerOperations.LET_IN.databaseRole(),
                                                        "let-in"))),
                        House.PROOFS,
                        Clock.systemUTC());
    }

    @BeforeEach
    void addMember() {
        house.execute(
                """
                insert into wms.member (tenant_id, member_id, subject, email, display_name, roles, added_at)
                values ('%s', '%s', 'user-1', 'ada@example.org', 'Ada', '{CLERK}', now())
                """
                        .formatted(tenant.uuid(), MEMBER));
    }

    @AfterEach
    void leave() {
        issuer.stop(0);
        house.close();
    }

    @Test
    void allows_every_method_of_the_stage_and_says_who_is_calling() {
        var policy = policy("user-1", tenant);

        assertThat(policy.path("principalId").asString()).isEqualTo("member:" + MEMBER);
        assertThat(policy.path("policyDocument"))
                .isEqualTo(
                        JsonMapper.builder()
                                .build()
                                .readTree(
                                        """
                                        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "execute-api:Invoke",
                                         "Resource": "arn:aws:execute-api:eu-west-1:123456789012:abc123/prod/*/*"}]}
                                        """));
        assertThat(policy.path("context").propertyNames())
                .containsExactlyInAnyOrder(
                        "tenant", "actor_kind", "actor_id", "audience", "permissions", "proof");
        assertThat(policy.path("context").path("audience").asString()).isEqualTo("API");
        assertThat(policy.toString()).doesNotContain("user-1", "ada@example.org", "Ada\"");
    }

    @Test
    void hands_out_a_context_that_an_operation_accepts() {
        var answer = authorizer.apply(event("user-1", tenant));
        @SuppressWarnings("unchecked") // as the gateway passes it on
        var context = (Map<String, Object>) answer.get("context");
        var request = new APIGatewayProxyRequestEvent.ProxyRequestContext();
        request.setAuthorizer(context);
        var event = new APIGatewayProxyRequestEvent().withRequestContext(request);

        assertThat(house.sandbox(OwnerOperations.COUNT).call(event).status()).isEqualTo(200);
        assertThat(house.sandbox(OwnerOperations.ADD).call(event).said())
                .isEqualTo("403 forbidden");
        assertThat(CallerContext.from(context).permissions())
                .isEqualTo(Set.of(Permission.CATALOG_READ));
    }

    @Test
    void lets_in_the_platforms_own_people_by_another_door() {
        var policy = policy(TestDatabase.OPERATOR_SUBJECT, AuthorizerFunction.PLATFORM);

        assertThat(policy.path("context").path("audience").asString()).isEqualTo("PLATFORM");
    }

    @Test
    void refuses_a_stranger_a_member_of_another_tenant_and_one_who_has_left() {
        var other = house.openTenant("active");

        assertUnauthorized("user-2", tenant);
        assertUnauthorized("user-1", other);
        assertUnauthorized("user-1", new TenantId(UUID.randomUUID()));
        house.execute(
                "update wms.member set state = 'REVOKED', revoked_at = now() where subject ="
                        + " 'user-1'");
        assertUnauthorized("user-1", tenant);
    }

    private void assertUnauthorized(String subject, TenantId claimed) {
        assertThatThrownBy(() -> authorizer.apply(event(subject, claimed)))
                .isInstanceOf(AuthorizerFunction.Unauthorized.class)
                .hasMessage("Unauthorized");
    }

    private JsonNode policy(String subject, TenantId claimed) {
        return JsonMapper.builder().build().valueToTree(authorizer.apply(event(subject, claimed)));
    }

    private static APIGatewayCustomAuthorizerEvent event(String subject, TenantId claimed) {
        return APIGatewayCustomAuthorizerEvent.builder()
                .withMethodArn(ARN)
                .withHeaders(Map.of("authorization", "Bearer " + token(subject, claimed)))
                .build();
    }

    private static String token(String subject, TenantId claimed) {
        try {
            var now = Instant.now();
            var token =
                    new SignedJWT(
                            new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("first").build(),
                            new JWTClaimsSet.Builder()
                                    .issuer(ISSUER)
                                    .audience(AUDIENCE)
                                    .subject(subject)
                                    .issueTime(Date.from(now))
                                    .expirationTime(Date.from(now.plusSeconds(300)))
                                    .claim(TokenVerifier.TENANT_CLAIM, claimed.uuid().toString())
                                    .build());
            token.sign(new RSASSASigner(KEY));
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException("a token can be signed", e);
        }
    }

    private static RSAKey key() {
        try {
            return new RSAKeyGenerator(2048).keyID("first").generate();
        } catch (JOSEException e) {
            throw new IllegalStateException("a key can be made", e);
        }
    }
}
