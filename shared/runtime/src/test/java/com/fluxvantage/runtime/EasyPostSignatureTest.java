package com.fluxvantage.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.fluxvantage.kernel.outside.Secret;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;

/** EasyPost's published example: a body, a secret with an accent, and the signature of both. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class EasyPostSignatureTest {
    private static final String SIGNED =
            "hmac-sha256-hex=38f3f53c103713df81616a0a186d77141957323ec21d5fe9363db93840f527db";

    // One sign, or a letter and an accent that joins it: to the eye they are the same.
    @ParameterizedTest
    @ValueSource(strings = {"s\u00e9cret", "se\u0301cret"})
    void their_own_example_is_good_however_the_accent_is_typed(String secret) throws IOException {
        assertThat(signature(SIGNED).isGood(secret(secret), body())).isTrue();
    }

    @Test
    void one_byte_more_another_secret_and_one_without_the_accent_are_not() throws IOException {
        byte[] longer = java.util.Arrays.copyOf(body(), body().length + 1);
        longer[longer.length - 1] = '\n';

        assertThat(signature(SIGNED).isGood(secret("s\u00e9cret"), longer)).isFalse();
        assertThat(signature(SIGNED).isGood(secret("secret"), body())).isFalse();
        assertThat(signature(SIGNED.replace("38f3", "38f4")).isGood(secret("s\u00e9cret"), body()))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "38f3f53c103713df81616a0a186d77141957323ec21d5fe9363db93840f527db",
                "hmac-sha256-hex=38F3F53C103713DF81616A0A186D77141957323EC21D5FE9363DB93840F527DB",
                "hmac-sha256-hex=38f3",
                "hmac-sha1-hex=38f3f53c103713df81616a0a186d77141957323ec21d5fe9363db93840f527db"
            })
    void what_is_no_signature_proves_nothing(String header) {
        assertThat(EasyPostSignature.of(event(header))).isEmpty();
    }

    @Test
    void no_header_proves_nothing() {
        assertThat(EasyPostSignature.of(new APIGatewayProxyRequestEvent())).isEmpty();
    }

    private static EasyPostSignature signature(String header) {
        return EasyPostSignature.of(event(header)).orElseThrow();
    }

    private static APIGatewayProxyRequestEvent event(String header) {
        return new APIGatewayProxyRequestEvent().withHeaders(Map.of("X-Hmac-Signature", header));
    }

    private static Secret secret(String text) {
        return Secret.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] body() throws IOException {
        try (var file = EasyPostSignatureTest.class.getResourceAsStream("easypost-event.json")) {
            return Objects.requireNonNull(file).readAllBytes();
        }
    }
}
