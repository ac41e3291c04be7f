package com.fluxvantage.carriers;

import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.kernel.outside.Bucket;
import com.fluxvantage.kernel.outside.Credential;
import com.fluxvantage.kernel.outside.LabelFormat;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.stock.LpnId;
import com.fluxvantage.kernel.stock.WarehouseId;
import com.fluxvantage.kernel.text.Name;
import com.fluxvantage.testing.Answer;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.GivenWarehouse;
import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.TestPlatform;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A tenant that has packed cartons and is connected with carriers. */
final class Cartons {
    static final String KEY = "EZTKofatesttenantofatesttenant";
    static final String RECIPIENT = "Elizabeth Swan";
    static final String STREET = "179 N Harbor Dr";

    /** A carton, and the order that it is part of. */
    record Packed(LpnId carton, OrderId order) {}

    private final TestPlatform platform;
    private final Client client;
    private final GivenWarehouse given;
    private final CarrierId carrier;
    private final Jobs jobs;
    private int orders;

    Cartons(TestPlatform platform) {
        this.platform = platform;
        this.client = platform.openTenant();
        this.given = GivenWarehouse.of(client);
        this.jobs = new Jobs(platform);
        given.item("TEA");
        given.stock("TEA", 500, "A-02");
        this.carrier = connect("EasyPost", KEY).carrierId();
    }

    Client client() {
        return client;
    }

    CarrierId carrier() {
        return carrier;
    }

    Jobs jobs() {
        return jobs;
    }

    ConnectCarrier.Result connect(String name, String key) {
        return client.done(ConnectCarrier.OPERATION, request(name, key));
    }

    ConnectCarrier.Request request(String name, String key) {
        return new ConnectCarrier.Request(
                CarrierKind.EASYPOST,
                new Name(name),
                Identifiers.parse(WarehouseId.class, given.warehouseId()).orElseThrow(),
                new Credential(key),
                ConnectCarrier.Sender.EXAMPLE);
    }

    Packed packed() {
        return packed("US", 740);
    }

    Packed packed(String country, int grams) {
        String order =
                text(
                        "order_id",
                        client.post(
                                "accept-order",
                                Map.of(),
                                """
                                {"warehouse_id": "%s", "reference": "SO-%d", "lines": [{"sku": "TEA", "quantity": 1}],
                                 "recipient": {"name": "%s", "street": "%s", "city": "Redondo Beach", "region": "CA",
                                               "postcode": "90277", "country": "%s", "email": "liz@example.org"}}
                                """
                                        .formatted(
                                                given.warehouseId(),
                                                ++orders,
                                                RECIPIENT,
                                                STREET,
                                                country)));
        ok(client.post("allocate-order", Map.of("order_id", order), "{}"));
        var pick =
                client.get(
                                "list-picks",
                                Map.of(),
                                Map.of("warehouse_id", given.warehouseId(), "order_id", order))
                        .json()
                        .at("/items/0/pick_id")
                        .asString();
        ok(
                client.post(
                        "confirm-pick",
                        Map.of("pick_id", pick),
                        """
                        {"location": "A-02", "sku": "TEA", "quantity": 1}
                        """));
        String carton =
                text(
                        "carton_id",
                        client.post(
                                "pack-carton",
                                Map.of("order_id", order),
                                """
                                {%s "contents": [{"sku": "TEA", "quantity": 1}]}
                                """
                                        .formatted(
                                                grams == 0
                                                        ? ""
                                                        : "\"weight_grams\": " + grams + ",")));
        return new Packed(
                Identifiers.parse(LpnId.class, carton).orElseThrow(),
                Identifiers.parse(OrderId.class, order).orElseThrow());
    }

    RateCarton.Request rating(LpnId carton) {
        return new RateCarton.Request(
                carton,
                carrier,
                Quantity.of(300),
                Quantity.of(200),
                Quantity.of(150),
                Optional.empty(),
                LabelFormat.ZPL);
    }

    /** Asked for, and not answered yet. */
    LabelId asked(LpnId carton) {
        return client.done(RateCarton.OPERATION, rating(carton)).labelId();
    }

    LabelId rated() {
        var label = asked(packed().carton);
        turn();
        return label;
    }

    LabelId bought() {
        var label = rated();
        buy(label);
        turn();
        return label;
    }

    LabelChange buy(LabelId label) {
        return client.done(BuyLabel.OPERATION, new BuyLabel.Request(label, 1));
    }

    LabelChange giveBack(LabelId label) {
        return client.done(VoidLabel.OPERATION, new VoidLabel.Request(label));
    }

    GetLabel.Result label(LabelId label) {
        return client.done(GetLabel.OPERATION, new GetLabel.Request(label));
    }

    /** How many files there are of it, all versions together. */
    int files(LabelId label) {
        return platform.ports()
                .objects(Bucket.LABELS)
                .countVersions("t/" + client.tenant().uuid() + "/" + LabelFiles.folder(label));
    }

    Answer dispatch(OrderId order, String body) {
        return client.post("dispatch-shipment", Map.of("order_id", Identifiers.text(order)), body);
    }

    /** Messages are handed over and done, without time going on. */
    void turn() {
        platform.clockwork().turn();
    }

    /** As after a run that died: its lease is over. */
    void lapse() {
        change(
                "update wms.carrier_label set leased_until = clock_timestamp() - interval '1 s' where"
                        + " leased_until is not null and tenant_id = ?");
    }

    /**
     * They are left alone no longer. That is the database's time, which no test moves: the row is
     * made older instead.
     */
    void rested() {
        change(
                "update wms.connection_pace set rests_until = rests_until - interval '2 h', filled_at ="
                        + " filled_at - interval '2 h' where tenant_id = ?");
    }

    void later(Duration time) {
        jobs.later(time);
    }

    void change(String sql) {
        try {
            jobs.change(sql, client);
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    List<String> rows(String sql) throws SQLException {
        return jobs.rows(
                sql + (sql.contains(" where ") ? " and" : " where") + " tenant_id = ?", client);
    }

    private static String text(String field, Answer answer) {
        ok(answer);
        return answer.text(field);
    }

    private static void ok(Answer answer) {
        if (answer.status() >= 300) {
            throw new AssertionError(answer.toString());
        }
    }
}
