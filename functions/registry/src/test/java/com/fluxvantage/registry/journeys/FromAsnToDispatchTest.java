package com.fluxvantage.registry.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.migrations.StockCheck;
import com.fluxvantage.testing.Answer;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.GivenWarehouse;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.util.Map;

/**
 * The whole business as one story: twelve boxes of tea come in, one is broken, five are shipped.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class FromAsnToDispatchTest {
    private static final TestPlatform PLATFORM = TestPlatform.start();

    private final Client tenant = PLATFORM.openTenant();
    private final GivenWarehouse given = GivenWarehouse.of(tenant);

    @Test
    void tea_comes_in_and_leaves_for_a_customer() throws SQLException {
        given.itemByExpiry("TEA");

        // The supplier says what is on its way, and the truck comes.
        String asn = given.asn("TEA 12");
        assertThat(stock("incoming")).isEqualTo(12);
        String receipt = given.openReceipt(asn);
        String late = given.receiveLot(receipt, "TEA", 6, "LATE", "2099-12-31");
        String soon = given.receiveLot(receipt, "TEA", 5, "SOON", "2099-06-30");
        done(
                "receive-line",
                Map.of("receipt_id", receipt),
                """
                {"sku": "TEA", "quantity": 1, "condition": "DAMAGED", "lot": "SOON", "expires_on": "2099-06-30"}\
                """);
        assertThat(stock("incoming")).isZero();
        assertThat(done("close-receipt", Map.of("receipt_id", receipt), "{}").text("asn_state"))
                .isEqualTo("RECEIVED");

        // It is carried to the shelves.
        given.putAway(late, 6, "A-01");
        given.putAway(soon, 5, "A-02");
        assertThat(stock("on_hand")).isEqualTo(12);
        assertThat(stock("available")).isEqualTo(11);

        // A customer orders seven; what expires first leaves first.
        String order =
                done(
                                "accept-order",
                                Map.of(),
                                """
                                {"warehouse_id": "%s", "reference": "SO-1", "lines": [{"sku": "TEA", "quantity": 7}],
                                 "recipient": {"name": "Rita Recipient", "street": "1 Hidden Lane", "city": "Leeds", "postcode": "LS1 1AA", "country": "GB"}}\
                                """
                                        .formatted(given.warehouseId()))
                        .text("order_id");
        assertThat(stock("atp")).isEqualTo(4);
        assertThat(done("allocate-order", Map.of("order_id", order), "{}").text("state"))
                .isEqualTo("ALLOCATED");
        var picks =
                tenant.get(
                                "list-picks",
                                Map.of(),
                                Map.of("warehouse_id", given.warehouseId(), "order_id", order))
                        .json()
                        .path("items");
        assertThat(
                        picks.valueStream()
                                .map(it ->
                                        it.path("lot").asString()
                                                + " "
                                                + it.path("quantity").asLong()))
                .containsExactly("LATE 2", "SOON 5");

        // The picker goes, in two scans for the second bin.
        pick(picks.path(0), 2);
        pick(picks.path(1), 3);
        pick(picks.path(1), 2);
        assertThat(state(order)).isEqualTo("PICKED");

        // Two cartons, one truck.
        carton(order, "LATE", 2);
        carton(order, "SOON", 5);
        assertThat(state(order)).isEqualTo("PACKED");
        var shipped =
                done(
                        "dispatch-shipment",
                        Map.of("order_id", order),
                        """
                        {"carrier": "Roadrunner", "tracking": "RR-1"}\
                        """);
        assertThat(shipped.number("cartons")).isEqualTo(2);
        assertThat(shipped.number("units")).isEqualTo(7);

        // What is left is what came less what went, and the books say so too.
        assertThat(stock("on_hand")).isEqualTo(5);
        assertThat(stock("reserved")).isZero();
        try (var checker = PLATFORM.database().as("fv_checker")) {
            assertThat(StockCheck.run(checker)).isEmpty();
        }
    }

    private long stock(String what) {
        return tenant.get(
                        "search-stock",
                        Map.of(),
                        Map.of("warehouse_id", given.warehouseId(), "sku", "TEA"))
                .json()
                .path("totals")
                .path(0)
                .path(what)
                .asLong();
    }

    private void pick(tools.jackson.databind.JsonNode task, long quantity) {
        done(
                "confirm-pick",
                Map.of("pick_id", task.path("pick_id").asString()),
                """
                {"location": "%s", "sku": "TEA", "lot": "%s", "quantity": %d}\
                """
                        .formatted(
                                task.path("location").asString(),
                                task.path("lot").asString(),
                                quantity));
    }

    private void carton(String order, String lot, long quantity) {
        done(
                "pack-carton",
                Map.of("order_id", order),
                """
                {"contents": [{"sku": "TEA", "lot": "%s", "quantity": %d}]}\
                """
                        .formatted(lot, quantity));
    }

    private String state(String order) {
        return tenant.get("get-order", Map.of("order_id", order), Map.of()).text("state");
    }

    private Answer done(String operation, Map<String, String> path, String body) {
        var answer = tenant.post(operation, path, body);
        assertThat(answer.status()).as(operation + " " + answer.json()).isBetween(200, 201);
        return answer;
    }
}
