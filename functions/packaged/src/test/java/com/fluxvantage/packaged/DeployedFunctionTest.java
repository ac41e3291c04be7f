package com.fluxvantage.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.testing.Client;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.node.ObjectNode;

import java.util.Map;

/** A function that CDK has deployed, called with the gateway's events. */
@NeedsEmulator
final class DeployedFunctionTest {
    private static final String OPERATION = "register-item";

    private final Emulator emulator = Emulator.deployed();
    private final Cloud cloud = emulator.cloud();
    private final Client client = cloud.platform().openTenant();

    @Test
    void answers_from_the_database_and_the_database_keeps_it() {
        var answer = register(client, "TEA");

        assertThat(answer.status()).isEqualTo(201);
        var items = client.get("search-items", Map.of(), Map.of()).json().path("items");
        assertThat(items).hasSize(1);
        assertThat(items.path(0).path("item_id")).isEqualTo(answer.json().path("item_id"));
    }

    @Test
    void answers_a_repeated_request_from_the_record_of_the_first() {
        var first = register(client, "TEA");

        var again = register(client, "TEA");

        assertThat(again.json()).isEqualTo(first.json());
        assertThat(again.headers().path("Idempotency-Replayed").asString()).isEqualTo("true");
    }

    @Test
    void keeps_tenants_apart() {
        var neighbour = cloud.platform().openTenant();
        register(neighbour, "TEA");

        var answer = register(client, "TEA");

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.headers().has("Idempotency-Replayed")).isFalse();
    }

    @Test
    void lets_nobody_in_with_a_proof_that_was_changed() {
        var event = event(client, "TEA");
        var authorizer = (ObjectNode) event.at("/requestContext/authorizer");
        String proof = authorizer.path("proof").asString();
        authorizer.put("proof", proof.substring(0, proof.length() - 1) + other(proof));

        var answer = emulator.call(OPERATION, event);

        assertThat(answer.status()).isEqualTo(401);
        assertThat(client.get("search-items", Map.of(), Map.of()).json().path("items")).isEmpty();
    }

    private static char other(String proof) {
        return proof.endsWith("0") ? '1' : '0';
    }

    private Cloud.Answer register(Client caller, String sku) {
        return emulator.call(OPERATION, event(caller, sku));
    }

    private ObjectNode event(Client caller, String sku) {
        return cloud.write(
                caller,
                OPERATION,
                "{\"sku\": \"%s\", \"description\": \"Item %s\"}".formatted(sku, sku),
                Map.of("Idempotency-Key", "key-0001"));
    }
}
