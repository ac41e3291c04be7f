package com.fluxvantage.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fluxvantage.kernel.outside.SigningPurpose;
import com.fluxvantage.kernel.outside.Unreachable;
import com.fluxvantage.runtime.CloudPorts;
import com.fluxvantage.runtime.LocalSigner;
import com.sun.net.httpserver.HttpExchange;
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
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/** What goes over the wire to KMS, and what its answers become. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class KmsSignerTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String ARN = "arn:aws:kms:eu-central-1:111122223333:key/seal";
    private static final byte[] DIGEST = new byte[32];

    private record Asked(String target, String authorization, JsonNode body) {}

    private final LocalSigner behind = new LocalSigner();
    private final List<Asked> asked = new ArrayList<>();
    private HttpServer server;
    private KmsSigner signer;
    private int status = 200;
    private String failure = "";

    @BeforeEach
    void listen() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        signer = signer(server.getAddress().getPort());
    }

    @AfterEach
    void leave() {
        server.stop(0);
    }

    @Test
    void sends_the_digest_and_says_that_it_is_one() {
        var signature = signer.sign(SigningPurpose.AUDIT_SEAL, DIGEST);

        assertThat(asked).hasSize(1);
        assertThat(asked.getFirst().target()).isEqualTo("TrentService.Sign");
        assertThat(asked.getFirst().body())
                .isEqualTo(
                        JSON.readTree(
                                """
                                {"KeyId": "%s", "Message": "%s", "MessageType": "DIGEST",
                                 "SigningAlgorithm": "ECDSA_SHA_256"}
                                """
                                        .formatted(ARN, base64(DIGEST))));
        assertThat(asked.getFirst().authorization())
                .startsWith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
                .contains("/eu-central-1/kms/aws4_request")
                .contains("x-amz-target");
        assertThat(signature.keyId()).isEqualTo(ARN);
        assertThat(signer.key(SigningPurpose.AUDIT_SEAL).verifies(DIGEST, signature.der()))
                .isTrue();
    }

    @Test
    void asks_for_the_public_half_of_the_same_key() {
        var key = signer.key(SigningPurpose.AUDIT_SEAL);

        assertThat(asked.getFirst().target()).isEqualTo("TrentService.GetPublicKey");
        assertThat(asked.getFirst().body())
                .isEqualTo(JSON.readTree("{\"KeyId\": \"" + ARN + "\"}"));
        assertThat(key.spki()).isEqualTo(behind.key(SigningPurpose.AUDIT_SEAL).spki());
        assertThat(key.keyId()).isEqualTo(ARN);
    }

    @Test
    void signs_digests_only_and_for_its_own_purpose_only() {
        assertThatThrownBy(() -> signer.sign(SigningPurpose.AUDIT_SEAL, new byte[31]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> signer.sign(SigningPurpose.EXPORT_MANIFEST, DIGEST))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> signer.key(SigningPurpose.DELETION_CERTIFICATE))
                .isInstanceOf(IllegalStateException.class);
        assertThat(asked).isEmpty();
    }

    @Test
    void that_is_busy_or_broken_is_asked_again_later() {
        for (var told :
                Map.of(
                                "ThrottlingException", 400,
                                "KMSInternalException", 500,
                                "DependencyTimeoutException", 503)
                        .entrySet()) {
            failure = told.getKey();
            status = told.getValue();
            assertThatThrownBy(() -> signer.sign(SigningPurpose.AUDIT_SEAL, DIGEST))
                    .as(failure)
                    .isInstanceOf(Unreachable.class);
        }
    }

    @Test
    void that_nobody_answers_for_is_unreachable() {
        server.stop(0);

        assertThatThrownBy(() ->
                        signer(server.getAddress().getPort())
                                .sign(SigningPurpose.AUDIT_SEAL, DIGEST))
                .isInstanceOf(Unreachable.class);
    }

    @Test
    void whose_right_or_key_is_missing_is_a_fault() {
        status = 400;
        for (String told :
                List.of("AccessDeniedException", "NotFoundException", "KMSInvalidStateException")) {
            failure = told;
            assertThatThrownBy(() -> signer.sign(SigningPurpose.AUDIT_SEAL, DIGEST))
                    .as(told)
                    .isInstanceOf(JsonEndpoint.Refused.class);
        }
    }

    @Test
    void is_found_by_the_runtime() {
        assertThat(ServiceLoader.load(CloudPorts.class))
                .singleElement()
                .isInstanceOf(AwsPorts.class);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            var headers = exchange.getRequestHeaders();
            var body = JSON.readTree(exchange.getRequestBody().readAllBytes());
            String target = headers.getFirst("X-Amz-Target");
            asked.add(new Asked(target, headers.getFirst("Authorization"), body));
            byte[] answer = answer(target, body).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.1");
            exchange.sendResponseHeaders(status, answer.length);
            exchange.getResponseBody().write(answer);
        }
    }

    private String answer(String target, JsonNode body) {
        if (status != 200) {
            return "{\"__type\": \"%s\", \"message\": \"no\"}".formatted(failure);
        }
        if (target.endsWith("GetPublicKey")) {
            return "{\"KeyId\": \"%s\", \"PublicKey\": \"%s\", \"KeySpec\": \"ECC_NIST_P256\"}"
                    .formatted(ARN, base64(behind.key(SigningPurpose.AUDIT_SEAL).spki().toArray()));
        }
        byte[] digest = Base64.getDecoder().decode(body.path("Message").asString());
        return "{\"KeyId\": \"%s\", \"Signature\": \"%s\", \"SigningAlgorithm\": \"ECDSA_SHA_256\"}"
                .formatted(
                        ARN,
                        base64(behind.sign(SigningPurpose.AUDIT_SEAL, digest).der().toArray()));
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static KmsSigner signer(int port) {
        return new KmsSigner(() -> Ways.to(port), Map.of(SigningPurpose.AUDIT_SEAL, ARN));
    }
}
