package com.fluxvantage.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.local.lambda.LambdaSandbox;
import com.fluxvantage.runtime.AuthorizerFunction;
import com.fluxvantage.runtime.TokenVerifier;
import com.fluxvantage.testing.TestDatabase;

import no.nav.security.mock.oauth2.MockOAuth2Server;
import no.nav.security.mock.oauth2.token.DefaultOAuth2TokenCallback;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.json.JsonMapper;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;

/** The authorizer out of its zip, with a real issuer, from its snapshot on. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
@NeedsZips
final class PackagedAuthorizerTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String ISSUER = "identity";
    private static final String AUDIENCE = "fluxvantage-api";

    private final MockOAuth2Server issuer = new MockOAuth2Server();
    private final Cloud cloud = new Cloud();

    @BeforeEach
    void open() {
        issuer.start(InetAddress.getLoopbackAddress(), 0);
    }

    @AfterEach
    void close() {
        issuer.shutdown();
    }

    @Test
    void lets_in_whom_the_issuer_names_and_nobody_else() {
        var function =
                cloud.function(
                        "authorize-call",
                        Map.of(
                                "FV_ISSUER", issuer.issuerUrl(ISSUER).toString(),
                                "FV_AUDIENCE", AUDIENCE,
                                "FV_KEY_SET", issuer.jwksUrl(ISSUER).toString()));
        String good = token(TestDatabase.OPERATOR_SUBJECT);
        String stranger = token("somebody-else");
        try (var sandbox = function.startUntilCheckpoint()) {
            sandbox.restore();

            var allowed = JSON.readTree(sandbox.invoke(event(good)).payload());
            assertThat(allowed.at("/policyDocument/Statement/0/Effect").asString())
                    .isEqualTo("Allow");
            assertThat(allowed.at("/policyDocument/Statement/0/Resource").asString())
                    .isEqualTo("arn:aws:execute-api:eu-west-1:123456789012:abc/prod/*/*");
            assertThat(allowed.at("/context/audience").asString()).isEqualTo("PLATFORM");
            String proof = allowed.at("/context/proof").asString();
            assertThat(proof).startsWith("v1." + TestDatabase.PROOF_KEY_ID);

            mustBeUnauthorized(sandbox.invoke(event(stranger)));
            mustBeUnauthorized(sandbox.invoke(event(Cloud.TOKEN)));
            assertThat(sandbox.log()).doesNotContain(good, stranger, Cloud.TOKEN, proof);
        }
    }

    // The gateway answers 401 for this one message, and 500 for every other.
    private static void mustBeUnauthorized(LambdaSandbox.Invocation invocation) {
        assertThat(invocation.isError()).isTrue();
        assertThat(JSON.readTree(invocation.payload()).path("errorMessage").asString())
                .isEqualTo(AuthorizerFunction.UNAUTHORIZED);
    }

    private String token(String subject) {
        return issuer.issueToken(
                        ISSUER,
                        "console",
                        new DefaultOAuth2TokenCallback(
                                ISSUER,
                                subject,
                                "JWT",
                                List.of(AUDIENCE),
                                Map.of(
                                        TokenVerifier.TENANT_CLAIM,
                                        AuthorizerFunction.PLATFORM.uuid().toString()),
                                3600))
                .serialize();
    }

    private static String event(String token) {
        return JSON.writeValueAsString(
                Map.of(
                        "type", "REQUEST",
                        "methodArn",
                                "arn:aws:execute-api:eu-west-1:123456789012:abc/prod/GET/v1/items",
                        "resource", "/v1/items",
                        "path", "/v1/items",
                        "httpMethod", "GET",
                        "headers", Map.of("Authorization", "Bearer " + token),
                        "requestContext", Map.of("stage", "prod", "httpMethod", "GET")));
    }
}
