package com.fluxvantage.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.stock.BucketId;
import com.fluxvantage.kernel.stock.WarehouseId;
import com.fluxvantage.kernel.text.Code;
import com.fluxvantage.kernel.text.LotCode;
import com.fluxvantage.kernel.text.Sku;
import com.fluxvantage.testing.Answer;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.GivenWarehouse;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A warehouse with the bins, and what lies in it, in the words of inventory. */
record GivenStock(Client client, GivenWarehouse warehouse) {
    static GivenStock of(Client client) {
        return new GivenStock(client, GivenWarehouse.of(client));
    }

    WarehouseId warehouseId() {
        return Identifiers.parse(WarehouseId.class, warehouse.warehouseId()).orElseThrow();
    }

    /** Goods were found in a bin: the bucket they are in now. */
    BucketId found(String sku, long units, String bin) {
        return adjust(bin, sku, units, AdjustmentReason.FOUND)
                .as(AdjustStock.Result.class)
                .stock()
                .getFirst()
                .bucket();
    }

    Answer adjust(String bin, String sku, long delta, AdjustmentReason reason) {
        return client.call(
                AdjustStock.OPERATION,
                new AdjustStock.Request(
                        warehouseId(),
                        new Code(bin),
                        new Sku(sku),
                        Optional.empty(),
                        Optional.empty(),
                        delta,
                        reason));
    }

    Answer move(BucketId from, long units, String to) {
        return client.call(
                MoveStock.OPERATION,
                new MoveStock.Request(from, Quantity.of(units), new Code(to), Optional.empty()));
    }

    /** An order that holds units of a bucket. */
    String orderHolding(String sku, long units, BucketId bucket) {
        return order(sku, 0, units, Optional.of(bucket), "ALLOCATED");
    }

    /** An order that waits for units that nobody has given it yet. */
    String orderWaitingFor(String sku, long units, String state) {
        return order(sku, units, 0, Optional.empty(), state);
    }

    private String order(
            String sku, long waiting, long held, Optional<BucketId> bucket, String state) {
        var made =
                client.done(
                        SceneOperations.WAITING_ORDER,
                        new SceneOperations.WaitingOrder(
                                warehouseId(),
                                new Sku(sku),
                                Quantity.of(waiting),
                                Quantity.of(held),
                                bucket,
                                state));
        return Identifiers.text(made.orderId());
    }

    void lock(String bin) {
        client.done(
                SceneOperations.LOCKED_PLACE,
                new SceneOperations.LockedPlace(warehouseId(), new Code(bin)));
    }

    void hold(String lot) {
        client.done(SceneOperations.HELD_LOT, new SceneOperations.HeldLot(new LotCode(lot)));
    }

    SearchStock.Result stock(String sku) {
        return search(Map.of("sku", sku)).as(SearchStock.Result.class);
    }

    SearchStock.Total total(String sku) {
        return stock(sku).totals().getFirst();
    }

    /** The one bucket of an item in a place. */
    SearchStock.Stock in(String bin, String sku) {
        var there =
                search(Map.of("sku", sku, "location", bin)).as(SearchStock.Result.class).items();
        assertThat(there).hasSize(1);
        return there.getFirst();
    }

    Answer search(Map<String, String> filters) {
        var query = new HashMap<>(filters);
        query.putIfAbsent("warehouse_id", warehouse.warehouseId());
        return client.get("search-stock", Map.of(), query);
    }

    /** What is wrong with the stock of all tenants, which is nothing. */
    List<String> discrepancies() throws SQLException {
        try (var connection = client.platform().database().as("fv_checker");
                var statement = connection.createStatement();
                var rows =
                        statement.executeQuery(
                                "select invariant, subject from wms.check_stock()")) {
            var found = new ArrayList<String>();
            while (rows.next()) {
                found.add(rows.getString("invariant") + " " + rows.getString("subject"));
            }
            return found;
        }
    }

    /** The events of a bucket's stream: {@code number type change}. */
    List<String> events(BucketId bucket) throws SQLException {
        try (var connection = client.platform().database().superuser();
                var statement =
                        connection.prepareStatement(
                                """
                                select stream_no, type, payload ->> 'change' as change
                                  from wms.outbox
                                 where stream_id = ?
                                 order by stream_no
                                """)) {
            statement.setObject(1, bucket.uuid());
            try (var rows = statement.executeQuery()) {
                var told = new ArrayList<String>();
                while (rows.next()) {
                    told.add(
                            rows.getLong("stream_no")
                                    + " "
                                    + rows.getString("type")
                                    + " "
                                    + rows.getLong("change"));
                }
                return told;
            }
        }
    }
}
