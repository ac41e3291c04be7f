package com.fluxvantage.registry.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.operation.Trigger;
import com.fluxvantage.kernel.outside.Webhooks.Reply;
import com.fluxvantage.registry.EventsDocument;
import com.fluxvantage.runtime.LocalWebhooks;
import com.fluxvantage.testing.Answer;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.GivenWarehouse;
import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.TestPlatform;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A tenant's system that wants to hear of everything: each kind of event happens once at least, and
 * what arrives is what the published schema says. The judge is a library of others.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ToldOfEverythingTest {
    private static final Duration A_MINUTE = Duration.ofMinutes(1);

    /** They take somebody else's shop or carrier; the tests of their connectors see them. */
    private static final Set<String> OF_STRANGERS =
            Set.of("connection.failed", "label.bought", "parcel.moved");

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final TestPlatform platform = TestPlatform.start();
    private final Client tenant = platform.openTenant();
    private final GivenWarehouse given = GivenWarehouse.of(tenant);
    private final Jobs jobs = new Jobs(platform);
    private final Schema schema =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(EventsDocument.text(platform.catalog()), InputFormat.JSON);
    private final List<String> bodies = new ArrayList<>();

    @Test
    void whatever_an_endpoint_is_told_is_as_its_schema_says() {
        var types = types();
        endpoint(
                "all.example.org",
                types,
                received -> {
                    bodies.add(received.body());
                    return new Reply.Answered(204, Optional.empty());
                });
        endpoint(
                "gone.example.org",
                List.of("receipt.opened"),
                _ -> new Reply.Answered(410, Optional.empty()));

        goodsComeIn();
        anOrderLeaves();
        anotherIsCancelled();
        done("request-export", Map.of(), "{}");
        for (int minute = 0; minute < 5; minute++) {
            jobs.later(A_MINUTE);
        }

        assertThat(bodies.stream().map(it -> JSON.readTree(it).path("type").asString()))
                .containsAll(types.stream().filter(it -> !OF_STRANGERS.contains(it)).toList());
        assertThat(bodies)
                .allSatisfy(it -> assertThat(schema.validate(it, InputFormat.JSON)).isEmpty());
    }

    @Test
    void the_schema_refuses_what_is_not_said() {
        var good =
                """
                {"type": "webhook.disabled", "timestamp": "2026-11-28T14:28:00.196000Z", "sequence": 2,
                 "data": {"endpoint_id": "whe_%s", "version": 2, "why": "GONE"}}
                """
                        .formatted("0".repeat(26));
        assertThat(schema.validate(good, InputFormat.JSON)).isEmpty();

        for (var bad :
                List.of(
                        good.replace("webhook.disabled", "webhook.enabled"),
                        good.replace("\"sequence\": 2", "\"sequence\": 0"),
                        good.replace("\"sequence\": 2,", ""),
                        good.replace("whe_", "ord_"),
                        good.replace("\"version\": 2", "\"version\": \"2\""),
                        good.replace(", \"why\": \"GONE\"", ""))) {
            assertThat(schema.validate(bad, InputFormat.JSON)).as(bad).isNotEmpty();
        }
    }

    private List<String> types() {
        return ((Trigger.Event) platform.catalog().named("queue-webhooks").trigger())
                .types().stream().sorted().toList();
    }

    private void goodsComeIn() {
        given.item("TEA");
        String asn = given.asn("TEA 12");
        String receipt = given.openReceipt(asn);
        given.receive(receipt, "TEA", 2);
        done("reverse-receipt-scan", Map.of("receipt_id", receipt), "{}");
        String dock = given.receive(receipt, "TEA", 12);
        done("close-receipt", Map.of("receipt_id", receipt), "{}");
        given.putAway(dock, 12, "A-01");
        done("move-stock", Map.of("bucket_id", inBin()), "{\"quantity\": 1, \"to\": \"A-02\"}");
    }

    private String inBin() {
        return tenant.get(
                        "search-stock",
                        Map.of(),
                        Map.of(
                                "warehouse_id",
                                given.warehouseId(),
                                "sku",
                                "TEA",
                                "location",
                                "A-01"))
                .json()
                .at("/items/0/bucket_id")
                .asString();
    }

    private void anOrderLeaves() {
        String order = order("SO-1");
        done("allocate-order", Map.of("order_id", order), "{}");
        for (var pick : picks(order)) {
            done(
                    "confirm-pick",
                    Map.of("pick_id", pick.path("pick_id").asString()),
                    """
                    {"location": "A-01", "sku": "TEA", "quantity": %d}\
                    """
                            .formatted(pick.path("quantity").asLong()));
        }
        done(
                "pack-carton",
                Map.of("order_id", order),
                "{\"contents\": [{\"sku\": \"TEA\", \"quantity\": 7}]}");
        done(
                "dispatch-shipment",
                Map.of("order_id", order),
                "{\"carrier\": \"Roadrunner\", \"tracking\": \"RR-1\"}");
    }

    private void anotherIsCancelled() {
        done("cancel-order", Map.of("order_id", order("SO-2")), "{\"reason\": \"DUPLICATE\"}");
    }

    private String order(String reference) {
        return done(
                        "accept-order",
                        Map.of(),
                        """
                        {"warehouse_id": "%s", "reference": "%s", "lines": [{"sku": "TEA", "quantity": 7}],
                         "recipient": {"name": "Rita Recipient", "street": "1 Hidden Lane", "city": "Leeds", "postcode": "LS1 1AA", "country": "GB"}}\
                        """
                                .formatted(given.warehouseId(), reference))
                .text("order_id");
    }

    private JsonNode picks(String order) {
        return tenant.get(
                        "list-picks",
                        Map.of(),
                        Map.of("warehouse_id", given.warehouseId(), "order_id", order))
                .json()
                .path("items");
    }

    private void endpoint(String host, List<String> types, LocalWebhooks.Receiver receiver) {
        platform.ports().webhooks().receive(host, receiver);
        done(
                "add-webhook-endpoint",
                Map.of(),
                """
                {"url": "https://%s/hooks", "event_types": [%s],
                 "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="}\
                """
                        .formatted(
                                host,
                                types.stream()
                                        .map(it -> "\"" + it + "\"")
                                        .collect(Collectors.joining(", "))));
    }

    private Answer done(String operation, Map<String, String> path, String body) {
        var answer = tenant.post(operation, path, body);
        assertThat(answer.status()).as(operation + " " + answer.json()).isBetween(200, 201);
        return answer;
    }
}
