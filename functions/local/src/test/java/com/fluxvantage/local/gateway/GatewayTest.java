package com.fluxvantage.local.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fluxvantage.runtime.OperationCatalog;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** The edge alone, with an authorizer and operations that only tell what reached them. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class GatewayTest {
    private static final String CONSOLE = "https://console.example";
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicReference<APIGatewayProxyRequestEvent> reached = new AtomicReference<>();
    private final CountDownLatch never = new CountDownLatch(1);
    private boolean isSlow;
    private Gateway gateway;

    @BeforeEach
    void start() throws IOException {
        gateway =
                new Gateway(
                        0,
                        OperationCatalog.load(),
                        _ -> {
                            asked.incrementAndGet();
                            return Map.of("context", Map.of("tenant", "T"));
                        },
                        (_, event) -> answer(event),
                        List.of(CONSOLE),
                        Duration.ofMillis(300));
    }

    @AfterEach
    void stop() {
        never.countDown();
        gateway.close();
    }

    private APIGatewayProxyResponseEvent answer(APIGatewayProxyRequestEvent event) {
        reached.set(event);
        if (isSlow) {
            try {
                assertThat(never.await(20, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
        return new APIGatewayProxyResponseEvent()
                .withStatusCode(200)
                .withHeaders(Map.of("Content-Type", "application/json", "Request-Id", "r"))
                .withBody("{}");
    }

    @Test
    void listens_on_loopback_only() {
        assertThat(gateway.address().isLoopbackAddress()).isTrue();
    }

    @Test
    void asks_the_authorizer_once_for_a_token_and_keeps_its_answer_for_every_route()
            throws IOException, InterruptedException {
        get("/v1/items", "Authorization", "Bearer one");
        get("/v1/locations", "Authorization", "Bearer one");
        get("/v1/items", "Authorization", "Bearer two");

        assertThat(asked.get()).isEqualTo(2);
    }

    @Test
    void passes_context_path_and_query_on_and_keeps_the_credential_back()
            throws IOException, InterruptedException {
        get("/v1/asns/asn_1?limit=5&limit=6&x=a%20b", "Authorization", "Bearer one");

        var event = reached.get();
        assertThat(event.getPathParameters()).containsEntry("asn_id", "asn_1");
        assertThat(event.getMultiValueQueryStringParameters())
                .containsEntry("limit", List.of("5", "6"))
                .containsEntry("x", List.of("a b"));
        assertThat(event.getRequestContext().getAuthorizer()).containsEntry("tenant", "T");
        assertThat(event.getMultiValueHeaders().keySet())
                .noneMatch("authorization"::equalsIgnoreCase);
    }

    @Test
    void lets_a_page_of_the_console_call_and_no_other_page()
            throws IOException, InterruptedException {
        var ours =
                get("/v1/items", "Authorization", "Bearer one", "X-Test", "1", "Origin", CONSOLE);
        var others =
                get("/v1/items", "Authorization", "Bearer one", "Origin", "https://evil.example");

        assertThat(ours.headers().firstValue("Access-Control-Allow-Origin")).contains(CONSOLE);
        assertThat(others.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
    }

    @Test
    void answers_a_preflight_without_asking_who_calls() throws IOException, InterruptedException {
        var answer =
                HTTP.send(
                        HttpRequest.newBuilder(gateway.url().resolve("/v1/orders"))
                                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                                .header("Origin", CONSOLE)
                                .build(),
                        HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(204);
        assertThat(answer.headers().firstValue("Access-Control-Allow-Headers").orElse(""))
                .contains("Idempotency-Key");
        assertThat(asked.get()).isZero();
    }

    @Test
    void asks_no_token_of_whoever_signs_and_passes_the_signature_on()
            throws IOException, InterruptedException {
        var answer =
                HTTP.send(
                        HttpRequest.newBuilder(
                                        gateway.url().resolve("/v1/channels/con_1/deliveries"))
                                .header("webhook-signature", "v1,signature")
                                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(asked.get()).isZero();
        assertThat(reached.get().getPathParameters()).containsEntry("connection_id", "con_1");
        assertThat(reached.get().getMultiValueHeaders().entrySet())
                .anyMatch(it ->
                        it.getKey().equalsIgnoreCase("webhook-signature")
                                && it.getValue().contains("v1,signature"));
    }

    @Test
    void gives_up_on_an_operation_that_takes_too_long() throws IOException, InterruptedException {
        isSlow = true;

        var answer = get("/v1/items", "Authorization", "Bearer one");

        assertThat(answer.statusCode()).isEqualTo(504);
        assertThat(answer.body()).contains("too-slow").contains("\"retryable\":true");
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
    }

    private HttpResponse<String> get(String path, String... headers)
            throws IOException, InterruptedException {
        return HTTP.send(
                HttpRequest.newBuilder(gateway.url().resolve(path)).headers(headers).GET().build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
