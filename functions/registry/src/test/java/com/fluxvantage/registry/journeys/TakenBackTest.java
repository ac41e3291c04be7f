package com.fluxvantage.registry.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.migrations.StockCheck;
import com.fluxvantage.testing.Answer;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.GivenWarehouse;
import com.fluxvantage.testing.TestPlatform;
import com.fluxvantage.testing.Together;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.sql.SQLException;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Scans that are taken back while the whole house goes on working with the same goods. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class TakenBackTest {
    private static final int HANDS = 5;
    private static final int STEPS = 40;
    private static final TestPlatform PLATFORM = TestPlatform.start();

    private final Client tenant = PLATFORM.openTenant();
    private final GivenWarehouse given = GivenWarehouse.of(tenant);
    private final Set<String> succeeded = ConcurrentHashMap.newKeySet();
    private String asn = "";
    private String receipt = "";
    private String atDock = "";

    @BeforeEach
    void tea_at_the_dock() {
        given.item("TEA");
        asn = given.asn("TEA 100000");
        receipt = given.openReceipt(asn);
        atDock = given.receive(receipt, "TEA", 10);
    }

    @AfterEach
    void the_stock_is_sound() throws SQLException {
        try (var checker = PLATFORM.database().as("fv_checker")) {
            assertThat(StockCheck.run(checker)).isEmpty();
        }
    }

    @Test
    void a_putaway_stays_when_its_goods_are_promised_and_is_taken_back_when_they_are_not() {
        given.putAway(atDock, 4, "A-01");
        String order = order(tenant, 1);

        var promised = takeBackPutaway(tenant);

        assertThat(promised.code()).isEqualTo("inbound.scan-built-on");
        assertThat(promised.json().at("/facts/free").asLong()).isEqualTo(3);
        String pick = picks(order).path(0).path("pick_id").asString();
        assertThat(confirm(tenant, pick, 1).status()).isEqualTo(200);
        given.putAway(atDock, 6, "A-01");
        assertThat(takeBackPutaway(tenant).status()).isEqualTo(200);
    }

    @Test
    void goods_are_either_carried_back_to_the_dock_or_carried_on() {
        for (int round = 0; round < 5; round++) {
            given.putAway(atDock, 2, "A-01");
            String inBin = bucketAt("A-01");

            var answers =
                    Together.all(
                            2,
                            number ->
                                    number == 0
                                            ? takeBackPutaway(tenant)
                                            : tenant.post(
                                                    "move-stock",
                                                    Map.of("bucket_id", inBin),
                                                    "{\"quantity\": 2, \"to\": \"A-02\"}"));

            assertThat(answers).extracting(Answer::status).containsExactlyInAnyOrder(200, 409);
        }
    }

    @Test
    void goods_in_a_bin_are_either_carried_back_to_the_dock_or_promised() {
        for (int round = 0; round < 5; round++) {
            given.putAway(atDock, 2, "A-01");
            String order = accept(tenant, 2);

            var answers =
                    Together.all(
                            2,
                            number ->
                                    number == 0
                                            ? takeBackPutaway(tenant)
                                            : tenant.post(
                                                    "allocate-order",
                                                    Map.of("order_id", order),
                                                    "{}"));

            boolean isBack = answers.getFirst().status() == 200;
            assertThat(answers.getLast().number("allocated")).isEqualTo(isBack ? 0 : 2);
            for (var pick : picks(order)) {
                confirm(tenant, pick.path("pick_id").asString(), 2);
            }
        }
    }

    @Test
    void whatever_many_hands_scan_and_take_back_what_is_counted_in_is_there_or_has_left() {
        long seed = Long.getLong("fv.seed", System.nanoTime());
        System.out.println("TakenBackTest seed: " + seed + " (give it again with -Dfv.seed)");

        Together.all(
                HANDS,
                hand -> {
                    var random = new Random(seed + hand);
                    var person = tenant.colleague();
                    for (int step = 0; step < STEPS; step++) {
                        work(random, person);
                    }
                    return hand;
                });

        assertThat(stock("on_hand")).isEqualTo(received() - shipped());
        assertThat(succeeded).contains("reverse-receipt-scan", "reverse-putaway", "reverse-pick");
    }

    private void work(Random random, Client person) {
        int quantity = 1 + random.nextInt(4);
        switch (random.nextInt(8)) {
            case 0, 1 ->
                    expect(
                            person,
                            "receive-line",
                            Map.of("receipt_id", receipt),
                            "{\"sku\": \"TEA\", \"quantity\": %d, \"condition\": \"GOOD\"}"
                                    .formatted(quantity));
            case 2 -> expect(person, "reverse-receipt-scan", Map.of("receipt_id", receipt), "{}");
            case 3, 4 ->
                    expect(
                            person,
                            "confirm-putaway",
                            Map.of("bucket_id", atDock),
                            "{\"quantity\": %d, \"to\": \"A-0%d\"}"
                                    .formatted(quantity, 1 + random.nextInt(3)));
            case 5 -> expect(person, "reverse-putaway", Map.of("bucket_id", atDock), "{}");
            default -> sell(random, person, quantity);
        }
    }

    private void sell(Random random, Client person, int quantity) {
        String order = order(person, quantity);
        for (var pick : picks(order)) {
            var path = Map.of("pick_id", pick.path("pick_id").asString());
            expect(person, "confirm-pick", path, scan(pick, pick.path("quantity").asLong()));
            if (random.nextBoolean()) {
                expect(person, "reverse-pick", path, "{}");
            }
        }
        var toPack =
                tenant.get("get-order", Map.of("order_id", order), Map.of()).json().path("to_pack");
        if (!toPack.isEmpty() && random.nextBoolean()) {
            expect(
                    person,
                    "pack-carton",
                    Map.of("order_id", order),
                    "{\"contents\": " + toPack + "}");
            expect(
                    person,
                    "dispatch-shipment",
                    Map.of("order_id", order),
                    "{\"carrier\": \"Post\", \"tracking\": \"%s\"}".formatted(UUID.randomUUID()));
        }
    }

    private void expect(Client person, String operation, Map<String, String> path, String body) {
        var answer = person.post(operation, path, body);
        assertThat(answer.status()).as("%s %s", operation, answer).isIn(200, 201, 409);
        if (answer.status() != 409) {
            succeeded.add(operation);
        }
    }

    /** An order that has been promised what there is. */
    private String order(Client person, int quantity) {
        String order = accept(person, quantity);
        person.post("allocate-order", Map.of("order_id", order), "{}");
        return order;
    }

    private String accept(Client person, int quantity) {
        return person.post(
                        "accept-order",
                        Map.of(),
                        """
                        {"warehouse_id": "%s", "reference": "%s", "lines": [{"sku": "TEA", "quantity": %d}],
                         "recipient": {"name": "Rita Recipient", "street": "1 Hidden Lane", "city": "Leeds", "postcode": "LS1 1AA", "country": "GB"}}\
                        """
                                .formatted(given.warehouseId(), UUID.randomUUID(), quantity))
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

    private static String scan(JsonNode pick, long quantity) {
        return "{\"location\": \"%s\", \"sku\": \"TEA\", \"quantity\": %d}"
                .formatted(pick.path("location").asString(), quantity);
    }

    private static Answer confirm(Client person, String pick, long quantity) {
        return person.post(
                "confirm-pick",
                Map.of("pick_id", pick),
                "{\"location\": \"A-01\", \"sku\": \"TEA\", \"quantity\": %d}".formatted(quantity));
    }

    private Answer takeBackPutaway(Client person) {
        return person.post("reverse-putaway", Map.of("bucket_id", atDock), "{}");
    }

    private JsonNode stockAt(Map<String, String> more) {
        var query = new java.util.HashMap<>(more);
        query.put("warehouse_id", given.warehouseId());
        query.put("sku", "TEA");
        return tenant.get("search-stock", Map.of(), query).json();
    }

    private String bucketAt(String bin) {
        return stockAt(Map.of("location", bin)).at("/items/0/bucket_id").asString();
    }

    private long stock(String quantity) {
        return stockAt(Map.of()).at("/totals/0/" + quantity).asLong();
    }

    private long received() {
        return tenant.get("get-asn", Map.of("asn_id", asn), Map.of())
                .json()
                .at("/lines/0/received_good")
                .asLong();
    }

    private long shipped() {
        try (var connection = PLATFORM.database().superuser();
                var statement =
                        connection.prepareStatement(
                                "select coalesce(sum(shipped), 0) from wms.outbound_order_line"
                                        + " where tenant_id = ?")) {
            statement.setObject(1, tenant.tenant().uuid());
            try (var row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        } catch (SQLException e) {
            throw new AssertionError("the superuser sees all lines", e);
        }
    }
}
