package com.fluxvantage.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.amazonaws.services.lambda.runtime.events.APIGatewayCustomAuthorizerEvent;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Strangers. Whom it lets in, and as whom, is tested with the database. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class AuthorizerFunctionTest {
    private final KeySetServer issuer = KeySetServer.serving();
    private final AtomicInteger opened = new AtomicInteger();
    private final AuthorizerFunction authorizer =
            new AuthorizerFunction(
                    ShelfOperations.LET_IN,
                    new TokenVerifier(
                            "https://identity.example.org", "fluxvantage-api", issuer.url()),
                    new TenantTransaction(
                            new GuardedConnection(() -> {
                                opened.incrementAndGet();
                                throw new java.sql.SQLException(
                                        "no stranger gets this far", "08001");
                            })),
                    new ProofMinter("test", new byte[32], Clock.systemUTC()),
                    Clock.systemUTC());

    @AfterEach
    void stop() {
        issuer.stop();
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "Bearer",
                "Bearer ",
                "bearer a.b.c",
                "Basic dXNlcjpwYXNz",
                "Bearer a.b.c",
                "Bearer a.b.c, Bearer d.e.f"
            })
    void a_stranger_is_refused_before_any_connection_is_opened(@Nullable String header) {
        var headers = new HashMap<String, String>();
        if (header != null) {
            headers.put("authorization", header);
        }

        assertUnauthorized(APIGatewayCustomAuthorizerEvent.builder().withHeaders(headers).build());
    }

    @Test
    void an_event_without_headers_is_a_strangers() {
        assertUnauthorized(new APIGatewayCustomAuthorizerEvent());
    }

    @Test
    void a_token_elsewhere_than_in_the_header_counts_for_nothing() {
        assertUnauthorized(
                APIGatewayCustomAuthorizerEvent.builder()
                        .withHeaders(Map.of("X-Authorization", "Bearer a.b.c"))
                        .withQueryStringParameters(Map.of("Authorization", "Bearer a.b.c"))
                        .build());
    }

    private void assertUnauthorized(APIGatewayCustomAuthorizerEvent event) {
        event.setMethodArn("arn:aws:execute-api:eu-west-1:123456789012:api/v1/GET/items");

        // The gateway answers 401 for exactly this message, and 500 for any other.
        assertThatThrownBy(() -> authorizer.apply(event))
                .isInstanceOf(AuthorizerFunction.Unauthorized.class)
                .hasMessage("Unauthorized");
        assertThat(opened).hasValue(0);
    }
}
