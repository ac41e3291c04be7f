package com.fluxvantage.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.local.lambda.LambdaSandbox;
import com.fluxvantage.testing.Client;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/** A write, started once from its domain's zip and driven by the gateway's events. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
@NeedsZips
final class PackagedWriteTest {
    private static final String OPERATION = "register-item";

    private static @Nullable Cloud started;
    private static @Nullable LambdaSandbox running;

    private final Cloud cloud = cloud();
    private final LambdaSandbox sandbox = sandbox();
    private final Client client = cloud.platform().openTenant();

    private static synchronized Cloud cloud() {
        if (started == null) {
            started = new Cloud();
        }
        return started;
    }

    private static synchronized LambdaSandbox sandbox() {
        if (running == null) {
            running = cloud().function(OPERATION).start();
        }
        return running;
    }

    @AfterAll
    static void end() {
        if (running != null) {
            running.close();
        }
    }

    @Test
    void does_what_the_gateway_asks_for_and_the_database_keeps_it() {
        var answer = register("TEA", "key-0001", Map.of());

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.headers().path("Content-Type").asString()).isEqualTo("application/json");
        var items = client.get("search-items", Map.of(), Map.of()).json().path("items");
        assertThat(items).hasSize(1);
        assertThat(items.path(0).path("item_id")).isEqualTo(answer.json().path("item_id"));
    }

    @Test
    void answers_a_repeated_request_from_the_record_of_the_first() {
        var first = register("TEA", "key-0001", Map.of());

        var again = register("TEA", "key-0001", Map.of());

        assertThat(again.status()).isEqualTo(201);
        assertThat(again.json()).isEqualTo(first.json());
        assertThat(again.headers().path("Idempotency-Replayed").asString()).isEqualTo("true");
    }

    @Test
    void serves_one_tenant_after_another_and_keeps_them_apart() {
        var neighbour = cloud.platform().openTenant();
        register("TEA", "key-0001", Map.of());

        var answer =
                Cloud.answer(
                        sandbox.invoke(
                                cloud.write(neighbour, OPERATION, body("TEA"), key("key-0001"))
                                        .toString()));

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.headers().has("Idempotency-Replayed")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"search-items", "functionRouter", "register-item|search-items", "none"})
    void does_the_one_thing_it_is_configured_for_whatever_a_header_asks_for(String wanted) {
        var answer =
                register(
                        "TEA",
                        "key-0001",
                        Map.of(
                                "spring.cloud.function.definition",
                                wanted,
                                "spring.cloud.function.routing-expression",
                                "'" + wanted + "'"));

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.json().has("item_id")).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "Content-Type, text/plain",
        "Content-Type, no type at all",
        "contentType, application/octet-stream",
        "Accept, image/png",
        "payload, nothing",
        "aws-event, false",
        "statusCode, 200"
    })
    void is_not_led_astray_by_a_header_that_the_framework_reads(String name, String value) {
        assertThat(register("TEA", "key-0001", Map.of(name, value)).status()).isEqualTo(201);
    }

    @Test
    void answers_what_is_no_json_with_a_problem_and_not_with_an_error_of_the_function() {
        var event = cloud.write(client, OPERATION, "[[[", key("key-0001"));

        var answer = Cloud.answer(sandbox.invoke(event.toString()));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("not-json");
        assertThat(answer.headers().path("Content-Type").asString())
                .isEqualTo("application/problem+json");
    }

    @Test
    void keeps_every_letter_of_a_body_that_the_gateway_has_encoded() {
        var event = cloud.write(client, OPERATION, "", key("key-0001"));
        String body = "{\"sku\": \"TEE\", \"description\": \"Tee, gr\u00fcn \u8336\"}";
        event.put(
                "body", Base64.getEncoder().encodeToString(body.getBytes(StandardCharsets.UTF_8)));
        event.put("isBase64Encoded", true);

        assertThat(Cloud.answer(sandbox.invoke(event.toString())).status()).isEqualTo(201);

        assertThat(
                        client.get("search-items", Map.of(), Map.of())
                                .json()
                                .at("/items/0/description")
                                .asString())
                .isEqualTo("Tee, gr\u00fcn \u8336");
    }

    @Test
    void an_event_without_the_authorizers_word_is_answered_with_nothing_that_explains_it() {
        var event = cloud.write(client, OPERATION, body("TEA"), key("key-0001"));
        event.remove("requestContext");

        var invocation = sandbox.invoke(event.toString());

        assertThat(Cloud.answer(invocation).status()).isEqualTo(500);
        assertThat(Cloud.answer(invocation).code()).isEqualTo("internal");
        assertThat(invocation.payload())
                .doesNotContain("Exception", "authorizer", "com.fluxvantage");
    }

    @Test
    void finds_a_new_connection_when_the_database_has_ended_the_last() throws SQLException {
        register("TEA", "key-0001", Map.of());
        try (var connection = cloud.platform().database().superuser();
                var statement = connection.createStatement()) {
            statement.execute(
                    """
                    select pg_terminate_backend(pid)
                      from pg_stat_activity
                     where application_name = 'fv-register-item'
                    """);
        }

        assertThat(register("COFFEE", "key-0002", Map.of()).status()).isEqualTo(201);
    }

    @Test
    void writes_one_line_a_call_with_no_token_no_proof_and_nothing_of_the_body() {
        var event = cloud.write(client, OPERATION, body("SECRET-SKU"), key("key-of-this-call"));
        int before = Cloud.calls(sandbox.log()).size();

        var answer = Cloud.answer(sandbox.invoke(event.toString()));

        var calls = Cloud.calls(sandbox.log());
        assertThat(calls).hasSize(before + 1);
        var line = calls.getLast();
        assertThat(line.path("operation").asString()).isEqualTo(OPERATION);
        assertThat(line.path("status").asInt()).isEqualTo(201);
        assertThat(line.path("outcome").asString()).isEqualTo("done");
        assertThat(line.path("tenant").asString()).isEqualTo(client.tenant().uuid().toString());
        assertThat(line.path("request").asString())
                .isEqualTo(answer.headers().path("Request-Id").asString());
        assertThat(sandbox.log())
                .doesNotContain(
                        Cloud.TOKEN,
                        "a-bearer-token",
                        Cloud.proof(event),
                        "SECRET-SKU",
                        "key-of-this-call",
                        "192.0.2.1");
    }

    private Cloud.Answer register(String sku, String key, Map<String, String> more) {
        var headers = new HashMap<>(key(key));
        headers.putAll(more);
        return Cloud.answer(
                sandbox.invoke(cloud.write(client, OPERATION, body(sku), headers).toString()));
    }

    private static Map<String, String> key(String key) {
        return Map.of("Idempotency-Key", key);
    }

    private static String body(String sku) {
        return "{\"sku\": \"%s\", \"description\": \"Item %s\"}".formatted(sku, sku);
    }
}
