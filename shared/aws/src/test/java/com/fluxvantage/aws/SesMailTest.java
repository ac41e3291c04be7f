package com.fluxvantage.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fluxvantage.kernel.outside.Letter;
import com.fluxvantage.kernel.outside.MailTemplate;
import com.fluxvantage.kernel.outside.Undeliverable;
import com.fluxvantage.kernel.outside.Unreachable;
import com.fluxvantage.kernel.privacy.PersonalData;
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
import java.util.List;
import java.util.Map;

/** What goes over the wire to SES, and what its answers become. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class SesMailTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String ADDRESS = "ada@example.org";

    private record Asked(String path, String authorization, JsonNode body) {}

    private final List<Asked> asked = new ArrayList<>();
    private HttpServer server;
    private SesMail mail;
    private int status = 200;
    private String failure = "";

    @BeforeEach
    void listen() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        mail = mail(server.getAddress().getPort());
    }

    @AfterEach
    void leave() {
        server.stop(0);
    }

    @Test
    void names_the_deployments_template_and_fills_it_in() {
        mail.send(letter());

        assertThat(asked).hasSize(1);
        assertThat(asked.getFirst().path()).isEqualTo("/v2/email/outbound-emails");
        assertThat(asked.getFirst().body())
                .isEqualTo(
                        JSON.readTree(
                                """
                                {"FromEmailAddress": "no-reply@fv.example",
                                 "Destination": {"ToAddresses": ["ada@example.org"]},
                                 "Content": {"Template": {
                                     "TemplateName": "fv-window-ends",
                                     "TemplateData": "{\\"days_before\\":\\"7\\",\\"ends_on\\":\\"2027-01-01\\",\\"tenant\\":\\"A \\\\\\"B\\\\\\"\\"}"}}}
                                """));
        assertThat(asked.getFirst().authorization())
                .startsWith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
                .contains("/eu-central-1/ses/aws4_request");
    }

    @Test
    void an_address_that_is_refused_is_no_fault_and_is_not_repeated() {
        fails(400, "MessageRejected");

        assertThatThrownBy(() -> mail.send(letter()))
                .isInstanceOf(Undeliverable.class)
                .hasNoCause()
                .extracting(Throwable::getMessage)
                .asString()
                .doesNotContain(ADDRESS);
    }

    @Test
    void what_passes_by_itself_is_said_to() {
        for (var passing :
                Map.of(
                                "TooManyRequestsException",
                                429,
                                "LimitExceededException",
                                400,
                                "SendingPausedException",
                                400,
                                "InternalFailure",
                                500)
                        .entrySet()) {
            fails(passing.getValue(), passing.getKey());
            assertThatThrownBy(() -> mail.send(letter()))
                    .as(passing.getKey())
                    .isInstanceOf(Unreachable.class);
        }
        server.stop(0);
        assertThatThrownBy(() -> mail.send(letter())).isInstanceOf(Unreachable.class);
    }

    @Test
    void a_template_that_is_missing_is_a_fault() {
        fails(404, "NotFoundException");

        assertThatThrownBy(() -> mail.send(letter()))
                .isInstanceOf(JsonEndpoint.Refused.class)
                .hasMessage("ses answered 404 NotFoundException");
    }

    private static Letter letter() {
        return new Letter(
                new PersonalData(ADDRESS),
                MailTemplate.WINDOW_ENDS,
                Map.of("tenant", "A \"B\"", "ends_on", "2027-01-01", "days_before", "7"));
    }

    private void fails(int with, String code) {
        status = with;
        failure = code;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            asked.add(
                    new Asked(
                            exchange.getRequestURI().getPath(),
                            exchange.getRequestHeaders().getFirst("Authorization"),
                            JSON.readTree(exchange.getRequestBody().readAllBytes())));
            if (status != 200) {
                exchange.getResponseHeaders().set("x-amzn-ErrorType", failure);
            }
            byte[] body =
                    (status == 200
                                    ? "{\"MessageId\": \"1\"}"
                                    : "{\"message\": \"no " + ADDRESS + "\"}")
                            .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private static SesMail mail(int port) {
        return new SesMail(() -> Ways.to(port), "no-reply@fv.example", "fv");
    }
}
