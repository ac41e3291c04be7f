package com.fluxvantage.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.testing.Answer;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.TestPlatform;

import tools.jackson.databind.JsonNode;

import java.sql.SQLException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** One tenant's warehouse in a test: items, bins and goods in it, all through operations. */
final class Floor {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    /** A word on the packing list: so many of an item. */
    record Units(String sku, long quantity) {
        static Units of(long quantity, String sku) {
            return new Units(sku, quantity);
        }

        String json() {
            return "{\"sku\": \"" + sku + "\", \"quantity\": " + quantity + "}";
        }
    }

    private final Client client;
    private final String warehouse;

    private Floor(Client client) {
        this.client = client;
        this.warehouse =
                created(
                                client.post(
                                        "open-warehouse",
                                        Map.of(),
                                        """
                                        {"code": "W1", "name": "Main", "time_zone": "UTC"}
                                        """))
                        .text("warehouse_id");
    }

    static Floor open(TestPlatform platform) {
        return new Floor(platform.openTenant());
    }

    Client client() {
        return client;
    }

    String warehouse() {
        return warehouse;
    }

    LocalDate today() {
        return LocalDate.ofInstant(client.platform().clock().instant(), ZoneOffset.UTC);
    }

    Floor item(String sku) {
        return item(sku, "\"rotation\": \"FIFO\"");
    }

    Floor barcoded(String sku, String gtin) {
        return item(sku, "\"gtin\": \"" + gtin + "\"");
    }

    /** An item whose goods leave by expiry date, and have to keep so many days when they do. */
    Floor perishable(String sku, int minimumDays) {
        return item(
                sku,
                "\"rotation\": \"FEFO\", \"lot_controlled\": true, \"min_shelf_life_days\": "
                        + minimumDays);
    }

    private Floor item(String sku, String more) {
        created(
                client.post(
                        "register-item",
                        Map.of(),
                        "{\"sku\": \""
                                + sku
                                + "\", \"description\": \""
                                + sku
                                + "\", "
                                + more
                                + "}"));
        return this;
    }

    Floor bin(String code, int pickSequence) {
        return place(code, pickSequence, true);
    }

    Floor place(String code, int pickSequence, boolean pickable) {
        created(
                client.post(
                        "add-location",
                        Map.of("warehouse_id", warehouse),
                        "{\"code\": \"%s\", \"pick_sequence\": %d, \"pickable\": %s}"
                                .formatted(code, pickSequence, pickable)));
        return this;
    }

    /** Goods that somebody found in a bin. */
    Floor stock(String bin, Units units) {
        return adjust(bin, units, "AVAILABLE");
    }

    Floor damaged(String bin, Units units) {
        return adjust(bin, units, "DAMAGED");
    }

    private Floor adjust(String bin, Units units, String status) {
        done(
                client.post(
                        "adjust-stock",
                        Map.of(),
                        """
                        {"warehouse_id": "%s", "location": "%s", "sku": "%s", "status": "%s", "delta": %d, "reason": "FOUND"}
                        """
                                .formatted(warehouse, bin, units.sku, status, units.quantity)));
        return this;
    }

    /** A lot that came in at the dock and was put away. */
    Floor lot(String bin, Units units, String lot, LocalDate expiresOn) {
        String asn =
                created(
                                client.post(
                                        "announce-asn",
                                        Map.of(),
                                        "{\"warehouse_id\": \"%s\", \"reference\": \"ASN-%d\", \"lines\": [%s]}"
                                                .formatted(
                                                        warehouse,
                                                        NUMBER.incrementAndGet(),
                                                        units.json())))
                        .text("asn_id");
        String receipt =
                created(client.post("open-receipt", Map.of("asn_id", asn), "{}"))
                        .text("receipt_id");
        String bucket =
                done(client.post(
                                "receive-line",
                                Map.of("receipt_id", receipt),
                                """
                                {"sku": "%s", "quantity": %d, "condition": "GOOD", "lot": "%s", "expires_on": "%s"}
                                """
                                        .formatted(units.sku, units.quantity, lot, expiresOn)))
                        .json()
                        .at("/stock/0/bucket")
                        .asString();
        done(
                client.post(
                        "confirm-putaway",
                        Map.of("bucket_id", bucket),
                        "{\"quantity\": %d, \"to\": \"%s\"}".formatted(units.quantity, bin)));
        return this;
    }

    /** An order's id. */
    String order(Units... lines) {
        return order(List.of(lines), "");
    }

    String orderFor(LocalDate shipBy, Units... lines) {
        return order(List.of(lines), "\"ship_by\": \"" + shipBy + "\",");
    }

    String order(List<Units> lines, String more) {
        return created(
                        client.post(
                                "accept-order",
                                Map.of(),
                                orderJson("SHOP-" + NUMBER.incrementAndGet(), lines, more)))
                .text("order_id");
    }

    String orderJson(String reference, List<Units> lines, String more) {
        return """
        {"warehouse_id": "%s", "reference": "%s", %s "lines": [%s], "recipient": %s}
        """
                .formatted(
                        warehouse,
                        reference,
                        more,
                        lines.stream().map(Units::json).collect(Collectors.joining(",")),
                        """
                        {"name": "Rosa", "street": "1 Road", "city": "Town", "postcode": "T1", "country": "GB"}
                        """);
    }

    Answer allocate(String order) {
        return client.post("allocate-order", Map.of("order_id", order), "{}");
    }

    Answer cancel(String order) {
        return client.post(
                "cancel-order", Map.of("order_id", order), "{\"reason\": \"CUSTOMER_REQUEST\"}");
    }

    /** An order that has got what there is. */
    String allocated(Units... lines) {
        String order = order(lines);
        done(allocate(order));
        return order;
    }

    /** An order whose goods stand at the stage. */
    String picked(Units... lines) {
        String order = allocated(lines);
        pickAll(order);
        return order;
    }

    /** An order whose goods are in one carton. */
    String packed(Units... lines) {
        String order = picked(lines);
        created(pack(order, lines));
        return order;
    }

    /** An order that asked for more than there was: what there was is in one carton. */
    String packedOf(Units[] lines, Units... there) {
        String order = picked(lines);
        created(pack(order, there));
        return order;
    }

    void pickAll(String order) {
        picks(order).forEach(pick -> done(confirm(pick, pick.path("quantity").asLong())));
    }

    List<JsonNode> picks(String order) {
        return items(
                done(client.get(
                                "list-picks",
                                Map.of(),
                                Map.of(
                                        "warehouse_id",
                                        warehouse,
                                        "order_id",
                                        order,
                                        "limit",
                                        "200")))
                        .json());
    }

    /** Takes so many as the pick says: the right place, item and lot. */
    Answer confirm(JsonNode pick, long quantity) {
        return confirm(pick, scan(pick, quantity, ""));
    }

    Answer confirm(JsonNode pick, String scan) {
        return client.post("confirm-pick", path(pick), scan);
    }

    static Map<String, String> path(JsonNode pick) {
        return Map.of("pick_id", pick.path("pick_id").asString());
    }

    static String scan(JsonNode pick, long quantity, String more) {
        String lot =
                pick.path("lot").isString()
                        ? "\"lot\": \"" + pick.path("lot").asString() + "\","
                        : "";
        return """
        {"location": "%s", "sku": "%s", %s %s "quantity": %d}
        """
                .formatted(
                        pick.path("location").asString(),
                        pick.path("sku").asString(),
                        lot,
                        more,
                        quantity);
    }

    Answer pack(String order, Units... contents) {
        return packAs("", order, contents);
    }

    Answer packAs(String more, String order, Units... contents) {
        return client.post(
                "pack-carton",
                Map.of("order_id", order),
                "{%s \"contents\": [%s]}"
                        .formatted(
                                more,
                                Stream.of(contents)
                                        .map(Units::json)
                                        .collect(Collectors.joining(","))));
    }

    Answer dispatch(String order) {
        return dispatch(order, "TRACK-" + NUMBER.incrementAndGet());
    }

    Answer dispatch(String order, String tracking) {
        return client.post(
                "dispatch-shipment",
                Map.of("order_id", order),
                "{\"carrier\": \"Post\", \"tracking\": \"%s\"}".formatted(tracking));
    }

    JsonNode get(String order) {
        return done(client.get("get-order", Map.of("order_id", order), Map.of())).json();
    }

    String state(String order) {
        return get(order).path("state").asString();
    }

    /** One number of every line, in the order of the lines. */
    List<Long> of(String order, String quantity) {
        return StreamSupport.stream(get(order).path("lines").spliterator(), false)
                .map(line -> line.path(quantity).asLong())
                .toList();
    }

    /** What an item's buckets hold in one place: on_hand or reserved. */
    long at(String place, String sku, String quantity) {
        return items(
                        done(client.get(
                                        "search-stock",
                                        Map.of(),
                                        Map.of(
                                                "warehouse_id",
                                                warehouse,
                                                "sku",
                                                sku,
                                                "location",
                                                place)))
                                .json())
                .stream()
                .mapToLong(bucket -> bucket.path(quantity).asLong())
                .sum();
    }

    long total(String sku, String quantity) {
        return done(client.get(
                        "search-stock", Map.of(), Map.of("warehouse_id", warehouse, "sku", sku)))
                .json()
                .at("/totals/0/" + quantity)
                .asLong();
    }

    /** Stock, promises, ledger and order lines agree, whatever has happened. */
    void isSound() {
        assertThat(rows("select invariant, subject, expected, found from wms.check_stock()"))
                .isEmpty();
    }

    /** The order's events in their order, as type:number. */
    List<String> events(String order) {
        return rows(
                "select type || ':' || stream_no from wms.outbox where stream_id = '%s' order by stream_no"
                        .formatted(uuid(order)));
    }

    /** Everything a table holds, behind the policies, a text a row. */
    List<String> rows(String query) {
        try (var connection = client.platform().database().superuser();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(query)) {
            var texts = new ArrayList<String>();
            while (rows.next()) {
                var row = new ArrayList<String>();
                for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
                    row.add(String.valueOf(rows.getString(column)));
                }
                texts.add(String.join(" ", row));
            }
            return texts;
        } catch (SQLException e) {
            throw new AssertionError("the database can be looked into", e);
        }
    }

    private static String uuid(String order) {
        return Identifiers.parse(OrderId.class, order).orElseThrow().uuid().toString();
    }

    static List<JsonNode> items(JsonNode page) {
        return StreamSupport.stream(page.path("items").spliterator(), false).toList();
    }

    static Answer created(Answer answer) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(201);
        return answer;
    }

    static Answer done(Answer answer) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        return answer;
    }
}
