package com.fluxvantage.benchmarks;

import static com.fluxvantage.benchmarks.Figure.median;

import com.fluxvantage.benchmarks.Figure.Aim;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.GivenWarehouse;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Whether a warehouse slows down as its history grows: orders of three lines are allocated over a
 * ledger of this morning and over one of a million movements, in turns.
 */
final class GrownLedger implements Suite {
    private static final double AIM = 0.90;
    private static final long PLENTY = 10_000_000;
    private static final int WARM_UP = 100;

    private static final class Place {
        private final String database;
        private final Client client;
        private final GivenWarehouse warehouse;
        private int orders;

        private Place(Site site) {
            this.database = site.database();
            this.client = site.platform(database).openTenant();
            this.warehouse = GivenWarehouse.of(client);
            for (int item = 1; item <= 3; item++) {
                warehouse.item("SKU-" + item);
                warehouse.stock("SKU-" + item, PLENTY, "A-0" + item);
            }
        }

        /** Orders a second. What is timed is the allocation alone. */
        private double turn(int count) {
            var accepted = new ArrayList<String>();
            for (int order = 0; order < count; order++) {
                accepted.add(accept());
            }
            long from = System.nanoTime();
            for (String order : accepted) {
                var answer = client.post("allocate-order", Map.of("order_id", order), "{}");
                if (answer.status() != 200 || answer.json().path("allocated").asLong() != 3) {
                    throw new IllegalStateException("three units are there: " + answer);
                }
            }
            return count / ((System.nanoTime() - from) / 1e9);
        }

        private String accept() {
            var answer =
                    client.post(
                            "accept-order",
                            Map.of(),
                            """
                            {"warehouse_id": "%s", "reference": "ORDER-%d", "lines": [
                                {"sku": "SKU-1", "quantity": 1}, {"sku": "SKU-2", "quantity": 1},
                                {"sku": "SKU-3", "quantity": 1}],
                             "recipient": {"name": "Ada", "street": "Street 1", "city": "London",
                                "postcode": "E1 6AN", "country": "GB"}}
                            """
                                    .formatted(warehouse.warehouseId(), ++orders));
            if (answer.status() != 201) {
                throw new IllegalStateException("an order is accepted: " + answer);
            }
            return answer.text("order_id");
        }
    }

    @Override
    public String name() {
        return "growth";
    }

    @Override
    public void measure(Site site, Form form, Report report) throws SQLException {
        var empty = new Place(site);
        var grown = new Place(site);
        grow(site, grown, form.movements());
        for (var place : List.of(empty, grown)) {
            site.execute(place.database, "vacuum analyze");
            place.turn(WARM_UP);
        }
        var ratios = new ArrayList<Double>();
        var overEmpty = new ArrayList<Double>();
        var overGrown = new ArrayList<Double>();
        for (int round = 0; round < form.warmRounds(); round++) {
            if (round % 2 == 0) {
                overEmpty.add(empty.turn(form.orders()));
                overGrown.add(grown.turn(form.orders()));
            } else {
                overGrown.add(grown.turn(form.orders()));
                overEmpty.add(empty.turn(form.orders()));
            }
            ratios.add(overGrown.getLast() / overEmpty.getLast());
        }
        report.add(
                new Figure(
                        name(),
                        "orders of 3 lines reserved, grown ÷ new",
                        new Aim.AtLeast(AIM),
                        ratios,
                        String.format(
                                Locale.ROOT,
                                "%.0f orders a second over a ledger of %,d movements, %.0f over one"
                                        + " of %,d; in one process without the Runtime API",
                                median(overGrown),
                                site.count(grown.database, "select count(*) from wms.movement"),
                                median(overEmpty),
                                site.count(empty.database, "select count(*) from wms.movement"))));
    }

    // All in this month's partition, which is the one that is written to.
    private static void grow(Site site, Place place, int movements) {
        site.execute(
                place.database,
                """
                insert into wms.movement (
                    tenant_id, posting_id, leg, posted_at, occurred_at, bucket_id, warehouse_id,
                    location_id, item_id, owner_id, status, quantity, kind, actor)
                select b.tenant_id, gen_random_uuid(), 1, now(), now(), b.bucket_id, b.warehouse_id,
                       b.location_id, b.item_id, b.owner_id, b.status,
                       case when n %% 2 = 0 then 1 else -1 end, 'MOVE', 'member:benchmark'
                  from generate_series(1, %d / (select count(*) from wms.bucket)) n
                 cross join wms.bucket b
                """
                        .formatted(movements));
    }
}
