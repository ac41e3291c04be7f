package com.fluxvantage.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.LambdaSandbox;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

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

    private Cloud.Answer register(String sku, String key, Map<String, String> more) {
        var headers = new java.util.HashMap<>(key(key));
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
