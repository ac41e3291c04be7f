package com.fluxvantage.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.migrations.StockCheck;
import com.fluxvantage.testing.Answer;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.GivenWarehouse;
import com.fluxvantage.testing.TestPlatform;
import com.fluxvantage.testing.Together;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Random work by many hands at once, against the simplest possible model: per SKU, what came in
 * less what went out, give or take what was found and lost. Every answer is allowed but a fault; at
 * the end the books have to agree with the model and with themselves. The seed is printed and can
 * be given.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ManyHandsTest {
    private static final int HANDS = 6;
    private static final int STEPS = 60;
    private static final List<String> SKUS = List.of("TEA", "CUP", "POT");
    private static final List<String> BINS = List.of("A-01", "A-02", "A-03");
    private static final Set<Integer> ORDINARY = Set.of(200, 201, 404, 409, 422);

    private static final TestPlatform PLATFORM = TestPlatform.start();

    private final long seed = Long.getLong("fv.seed", System.nanoTime());
    private final Client tenant = PLATFORM.openTenant();
    private final Client neighbour = PLATFORM.openTenant();
    private final GivenWarehouse given = GivenWarehouse.of(tenant);
    private final AtomicLongArray expected = new AtomicLongArray(SKUS.size());
    private final AtomicLong done = new AtomicLong();
    private final Set<String> succeeded = ConcurrentHashMap.newKeySet();
    private final ConcurrentLinkedQueue<String> surprises = new ConcurrentLinkedQueue<>();

    @Test
    void random_work_by_many_hands_loses_and_invents_nothing() throws SQLException {
        System.out.println(
                "ManyHandsTest seed: " + seed + " (give it again with -Dfv.seed=" + seed + ")");
        SKUS.forEach(given::item);
        GivenWarehouse.of(neighbour).item("TEA");
        var receipts = List.of(receipt(), receipt());

        long scene = count("idempotency_record");

        Together.all(
                HANDS,
                hand -> {
                    var random = new Random(seed + hand);
                    for (int step = 0; step < STEPS; step++) {
                        work(random, receipts);
                    }
                    return hand;
                });

        assertThat(surprises).isEmpty();
        for (int at = 0; at < SKUS.size(); at++) {
            assertThat(onHand(SKUS.get(at))).as(SKUS.get(at)).isEqualTo(expected.get(at));
        }
        try (var checker = PLATFORM.database().as("fv_checker")) {
            assertThat(StockCheck.run(checker)).isEmpty();
        }
        // One record and one audit entry for each key that was answered with a success, however
        // often it was sent; what set the scene was done once each.
        assertThat(count("idempotency_record") - scene).isEqualTo(done.get());
        assertThat(count("audit_entry") - scene).isEqualTo(done.get());
        assertThat(succeeded)
                .contains(
                        "receive-line",
                        "confirm-putaway",
                        "move-stock",
                        "adjust-stock",
                        "accept-order",
                        "allocate-order",
                        "confirm-pick",
                        "pack-carton",
                        "dispatch-shipment");
    }

    private String receipt() {
        return given.openReceipt(given.asn("TEA 100000", "CUP 100000", "POT 100000"));
    }

    private void work(Random random, List<String> receipts) {
        int item = random.nextInt(SKUS.size());
        String sku = SKUS.get(item);
        int quantity = 1 + random.nextInt(9);
        switch (random.nextInt(8)) {
            case 0, 1 -> {
                var answer =
                        twice(
                                "receive-line",
                                Map.of("receipt_id", receipts.get(random.nextInt(2))),
                                """
                                {"sku": "%s", "quantity": %d, "condition": "%s"}\
                                """
                                        .formatted(
                                                sku,
                                                quantity,
                                                random.nextInt(10) == 0 ? "DAMAGED" : "GOOD"));
                if (answer.status() == 200) {
                    expected.addAndGet(item, quantity);
                }
            }
            case 2 -> move(random, sku, "DOCK-1", "confirm-putaway");
            case 3 -> move(random, sku, BINS.get(random.nextInt(3)), "move-stock");
            case 4 -> {
                int delta = random.nextBoolean() ? quantity : -quantity;
                var answer =
                        twice(
                                "adjust-stock",
                                Map.of(),
                                """
                                {"warehouse_id": "%s", "location": "%s", "sku": "%s", "delta": %d, "reason": "%s"}\
                                """
                                        .formatted(
                                                given.warehouseId(),
                                                BINS.get(random.nextInt(3)),
                                                sku,
                                                delta,
                                                delta > 0 ? "FOUND" : "LOST"));
                if (answer.status() == 200) {
                    expected.addAndGet(item, delta);
                }
            }
            default -> order(random, item, quantity);
        }
    }

    private void move(Random random, String sku, String from, String operation) {
        var buckets =
                tenant.get(
                                "search-stock",
                                Map.of(),
                                Map.of(
                                        "warehouse_id",
                                        given.warehouseId(),
                                        "sku",
                                        sku,
                                        "location",
                                        from))
                        .json()
                        .path("items");
        if (!buckets.isEmpty()) {
            var bucket = buckets.path(random.nextInt(buckets.size()));
            twice(
                    operation,
                    Map.of("bucket_id", bucket.path("bucket_id").asString()),
                    """
                    {"quantity": %d, "to": "%s"}\
                    """
                            .formatted(1 + random.nextInt(5), BINS.get(random.nextInt(3))));
        }
    }

    /** An order of two lines, one SKU on both now and then, as far as stock lets it come. */
    private void order(Random random, int item, int quantity) {
        int other = random.nextInt(SKUS.size());
        String order =
                twice(
                                "accept-order",
                                Map.of(),
                                """
                                {"warehouse_id": "%s", "reference": "%s", "lines": [{"sku": "%s", "quantity": %d}, {"sku": "%s", "quantity": %d}],
                                 "recipient": {"name": "Rita Recipient", "street": "1 Hidden Lane", "city": "Leeds", "postcode": "LS1 1AA", "country": "GB"}}\
                                """
                                        .formatted(
                                                given.warehouseId(),
                                                UUID.randomUUID(),
                                                SKUS.get(item),
                                                quantity,
                                                SKUS.get(other),
                                                quantity))
                        .text("order_id");
        twice("allocate-order", Map.of("order_id", order), "{}");
        var picks =
                tenant.get(
                                "list-picks",
                                Map.of(),
                                Map.of("warehouse_id", given.warehouseId(), "order_id", order))
                        .json()
                        .path("items");
        for (var pick : picks) {
            if (random.nextInt(10) > 0) {
                twice(
                        "confirm-pick",
                        Map.of("pick_id", pick.path("pick_id").asString()),
                        """
                        {"location": "%s", "sku": "%s", "quantity": %d}\
                        """
                                .formatted(
                                        pick.path("location").asString(),
                                        pick.path("sku").asString(),
                                        pick.path("quantity").asLong()));
            }
        }
        var toPack =
                tenant.get("get-order", Map.of("order_id", order), Map.of()).json().path("to_pack");
        if (!toPack.isEmpty()) {
            twice("pack-carton", Map.of("order_id", order), "{\"contents\": " + toPack + "}");
        }
        var shipped =
                twice(
                        "dispatch-shipment",
                        Map.of("order_id", order),
                        """
                        {"carrier": "Roadrunner", "tracking": "%s"}\
                        """
                                .formatted(UUID.randomUUID()));
        if (shipped.status() == 200) {
            var sums = new HashMap<String, Long>();
            tenant.get("get-order", Map.of("order_id", order), Map.of())
                    .json()
                    .path("lines")
                    .forEach(line ->
                            sums.merge(
                                    line.path("sku").asString(),
                                    line.path("shipped").asLong(),
                                    Long::sum));
            sums.forEach((sku, units) -> expected.addAndGet(SKUS.indexOf(sku), -units));
        }
    }

    /** As over a bad line: everything is sent twice under one key, and a neighbour tries it too. */
    private Answer twice(String operation, Map<String, String> path, String body) {
        String key = UUID.randomUUID().toString();
        var headers = Map.of("Idempotency-Key", key);
        var first = tenant.raw(operation, path, Map.of(), body, headers);
        var second = tenant.raw(operation, path, Map.of(), body, headers);
        if (!ORDINARY.contains(first.status()) || !ORDINARY.contains(second.status())) {
            surprises.add(
                    operation + " " + first.status() + " " + second.status() + " " + first.code());
        }
        // What was refused stores nothing, so the second attempt may succeed where the first did
        // not: another hand has been there in between.
        var counted = first.status() < 300 ? first : second;
        if (counted.status() < 300) {
            done.incrementAndGet();
            succeeded.add(operation);
        }
        if (first.status() < 300 && !first.json().equals(second.json())) {
            surprises.add(operation + " answered twice in two ways");
        }
        if (!path.isEmpty()
                && neighbour.raw(operation, path, Map.of(), body, headers).status() != 404) {
            surprises.add(operation + " let a neighbour in");
        }
        return counted;
    }

    private long onHand(String sku) {
        return tenant.get(
                        "search-stock",
                        Map.of(),
                        Map.of("warehouse_id", given.warehouseId(), "sku", sku))
                .json()
                .path("totals")
                .path(0)
                .path("on_hand")
                .asLong();
    }

    private long count(String table) throws SQLException {
        try (var connection = PLATFORM.database().superuser();
                var statement =
                        connection.prepareStatement(
                                "select count(*) from wms." + table + " where tenant_id = ?")) {
            statement.setObject(1, tenant.tenant().uuid());
            try (var row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }
}
