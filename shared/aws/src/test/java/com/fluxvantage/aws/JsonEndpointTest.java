package com.fluxvantage.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fluxvantage.kernel.outside.Letter;
import com.fluxvantage.kernel.outside.MailTemplate;
import com.fluxvantage.kernel.outside.SigningPurpose;
import com.fluxvantage.kernel.outside.Unreachable;
import com.fluxvantage.kernel.privacy.PersonalData;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.MessageType;
import software.amazon.awssdk.services.kms.model.SigningAlgorithmSpec;
import software.amazon.awssdk.services.sesv2.SesV2Client;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Requests that are made without the service's own client: held against those that the client
 * makes, and the answers that neither service should give.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class JsonEndpointTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String KEY = "arn:aws:kms:eu-central-1:111122223333:key/seal";

    private static final String FILLED_IN =
            "{\"days_before\":\"7\",\"ends_on\":\"2027-01-01\",\"tenant\":\"A\"}";

    /** What counts of a request: a signature is of its second and is told by what it covers. */
    private record Asked(
            String method,
            String path,
            Map<String, String> headers,
            String signed,
            JsonNode body) {}

    private final List<Asked> asked = new ArrayList<>();
    private HttpServer server;
    private int status = 200;
    private String answer = "{\"KeyId\": \"1\", \"Signature\": \"AA==\", \"MessageId\": \"1\"}";

    @BeforeEach
    void listen() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::take);
        server.start();
    }

    @AfterEach
    void leave() {
        server.stop(0);
    }

    @Test
    void a_digest_is_signed_by_the_request_that_the_services_client_would_send() {
        new KmsSigner(() -> Ways.to(port()), Map.of(SigningPurpose.AUDIT_SEAL, KEY))
                .sign(SigningPurpose.AUDIT_SEAL, new byte[32]);
        try (var client =
                KmsClient.builder()
                        .httpClient(AwsPorts.http())
                        .region(Region.EU_CENTRAL_1)
                        .endpointOverride(endpoint())
                        .credentialsProvider(Ways.CREDENTIALS)
                        .build()) {
            client.sign(it ->
                    it.keyId(KEY)
                            .message(SdkBytes.fromByteArray(new byte[32]))
                            .messageType(MessageType.DIGEST)
                            .signingAlgorithm(SigningAlgorithmSpec.ECDSA_SHA_256));
        }

        assertThat(asked).hasSize(2);
        assertThat(asked.getFirst()).isEqualTo(asked.getLast());
    }

    @Test
    void a_letter_is_sent_by_the_request_that_the_services_client_would_send() {
        new SesMail(() -> Ways.to(port()), "no-reply@fv.example", "fv")
                .send(
                        new Letter(
                                new PersonalData("ada@example.org"),
                                MailTemplate.WINDOW_ENDS,
                                Map.of(
                                        "tenant",
                                        "A",
                                        "ends_on",
                                        "2027-01-01",
                                        "days_before",
                                        "7")));
        try (var client =
                SesV2Client.builder()
                        .httpClient(AwsPorts.http())
                        .region(Region.EU_CENTRAL_1)
                        .endpointOverride(endpoint())
                        .credentialsProvider(Ways.CREDENTIALS)
                        .build()) {
            client.sendEmail(it ->
                    it.fromEmailAddress("no-reply@fv.example")
                            .destination(to -> to.toAddresses("ada@example.org"))
                            .content(content ->
                                    content.template(template ->
                                            template.templateName("fv-window-ends")
                                                    .templateData(FILLED_IN))));
        }

        assertThat(asked).hasSize(2);
        assertThat(asked.getFirst()).isEqualTo(asked.getLast());
    }

    @Test
    void an_answer_that_is_cut_off_is_no_answer() {
        answer = "{\"KeyId\": \"1\", \"Sign";

        assertThatThrownBy(() -> service().post("/", Map.of(), Map.of()))
                .isInstanceOf(Unreachable.class);
    }

    @Test
    void a_refusal_of_who_stands_between_is_told_by_its_status() {
        status = 403;
        answer = "<html>no</html>";

        assertThatThrownBy(() -> service().post("/", Map.of(), Map.of()))
                .isInstanceOf(JsonEndpoint.Refused.class)
                .hasMessage("kms answered 403 ");
    }

    @Test
    void an_error_is_known_by_its_name_with_and_without_a_namespace() {
        status = 400;
        for (String told :
                List.of("com.amazonaws.kms#ThrottlingException", "ThrottlingException:http://x")) {
            answer = "{\"__type\": \"" + told + "\"}";
            assertThatThrownBy(() -> service().post("/", Map.of(), Map.of()))
                    .as(told)
                    .isInstanceOf(Unreachable.class);
        }
    }

    private JsonEndpoint service() {
        return new JsonEndpoint("kms", () -> Ways.to(port()));
    }

    private int port() {
        return server.getAddress().getPort();
    }

    private URI endpoint() {
        return URI.create("http://127.0.0.1:" + port());
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            var headers = new TreeMap<String, String>();
            for (String name : List.of("Content-Type", "X-Amz-Target", "Content-Length")) {
                headers.put(name, String.valueOf(exchange.getRequestHeaders().getFirst(name)));
            }
            asked.add(
                    new Asked(
                            exchange.getRequestMethod(),
                            exchange.getRequestURI().toString(),
                            headers,
                            signed(exchange.getRequestHeaders().getFirst("Authorization")),
                            JSON.readTree(exchange.getRequestBody().readAllBytes())));
            byte[] body = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    // Scope and covered headers; the client numbers its attempts in two more.
    private static String signed(String authorization) {
        return authorization
                .replaceAll(", Signature=.*", "")
                .replaceAll("amz-sdk-invocation-id;|amz-sdk-request;", "");
    }
}
