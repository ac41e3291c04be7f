package com.fluxvantage.registry;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.kernel.id.Prefix;
import com.fluxvantage.registry.World.Scene;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.Jobs;

import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** What goes on with a tenant's shops beside the orders that they bring. */
final class ShopScenes {
    /** A delivery as this module does not know it. */
    @Prefix("chd")
    private record Delivery(UUID uuid) implements Identifier {}

    @Prefix("shp")
    private record Shipment(UUID uuid) implements Identifier {}

    @Prefix("sho")
    private record ShopOrder(UUID uuid) implements Identifier {}

    private final Client client;
    private final Map<String, Scene> scenes = new LinkedHashMap<>();

    private ShopScenes(Client client) {
        this.client = client;
    }

    /** {@code connection} is one of a shop that is called. */
    static Map<String, Scene> of(Client client, String connection) {
        var shop = new ShopScenes(client);
        shop.held();
        shop.cancelled();
        shop.untold();
        shop.stock(Map.of("connection_id", connection));
        return shop.scenes;
    }

    private void stock(Map<String, String> called) {
        change(
                """
                insert into wms.stock_channel (tenant_id, connection_id, stopped_at)
                select tenant_id, connection_id, now()
                  from wms.shop_connection
                 where tenant_id = ?
                """);
        scenes.put("test-connection", Scene.post(called, "{}"));
        scenes.put(
                "map-shop-sku",
                Scene.post(called, "{\"shop_sku\": \"Tea, 50\", \"sku\": \"TEA\"}"));
        client.post("map-shop-sku", called, "{\"shop_sku\": \"Tea, 20\", \"sku\": \"TEA\"}");
        scenes.put("unmap-shop-sku", Scene.post(called, "{\"shop_sku\": \"Tea, 20\"}"));
        scenes.put("search-shop-skus", Scene.get(called, Map.of()));
        scenes.put("set-stock-buffer", Scene.post(called, "{\"sku\": \"TEA\", \"buffer\": 2}"));
        scenes.put("set-drift-limit", Scene.post(called, "{\"drift_limit\": 25}"));
        scenes.put("get-drift-report", Scene.get(called, Map.of()));
        scenes.put("accept-drift", Scene.post(called, "{}"));
    }

    private void cancelled() {
        scenes.put("search-shop-cancellations", Scene.get(Map.of(), Map.of("open", "true")));
        scenes.put("close-shop-cancellation", Scene.post(lateOne(), "{}"));
    }

    /** A shipment that a shop could not be told of. */
    private void untold() {
        var shipment = UUID.randomUUID();
        change(
                """
                insert into wms.outbound_order (
                    tenant_id, order_id, warehouse_id, owner_id, reference, state, accepted_at, updated_at, version)
                select house.tenant_id, '%1$s', house.warehouse_id, owner.owner_id, 'UNTOLD', 'SHIPPED', now(), now(), 1
                  from wms.warehouse as house
                  join wms.owner on owner.tenant_id = house.tenant_id
                 where house.tenant_id = ?
                 limit 1
                """
                        .formatted(shipment));
        change(
                """
                insert into wms.outbound_order_line (
                    tenant_id, order_line_id, order_id, line_no, item_id, ordered, cancelled, unallocated, allocated,
                    picked, packed, shipped, version)
                select tenant_id, '%1$s', '%1$s', 1, item_id, 1, 0, 0, 0, 0, 0, 1, 1
                  from wms.item
                 where tenant_id = ?
                 limit 1
                """
                        .formatted(shipment));
        change(
                """
                insert into wms.shipment (
                    tenant_id, shipment_id, order_id, carrier, tracking, dispatched_at, dispatched_by)
                values (?, '%1$s', '%1$s', 'Post', 'UNTOLD-1', now(), 'member:1')
                """
                        .formatted(shipment));
        known(shipment, "untold");
        change(
                """
                insert into wms.shop_report (
                    tenant_id, shipment_id, shop_order_id, queued_at, state, attempts, attempted_at, outcome)
                values (?, '%1$s', '%1$s', now(), 'FAILED', 80, now(), 'REFUSED')
                """
                        .formatted(shipment));
        scenes.put("search-failed-reports", Scene.get(Map.of(), Map.of()));
        scenes.put(
                "retry-failed-report",
                Scene.post(Map.of("shipment_id", Identifiers.text(new Shipment(shipment))), "{}"));
    }

    private void known(UUID order, String key) {
        change(
                """
                insert into wms.shop_order (
                    tenant_id, shop_order_id, connection_id, external_key, changed_at, seen_at, order_id)
                select tenant_id, '%1$s', connection_id, '%2$s', now(), now(), (
                           select placed.order_id from wms.outbound_order as placed where placed.order_id = '%1$s')
                  from wms.shop_connection
                 where tenant_id = ?
                 limit 1
                """
                        .formatted(order, key));
    }

    private Map<String, String> lateOne() {
        var order = UUID.randomUUID();
        known(order, "late");
        change(
                """
                insert into wms.shop_cancellation (
                    tenant_id, shop_order_id, requested_at, outcome, decided_at, order_state)
                values (?, '%s', now(), 'TOO_LATE', now(), 'PICKED')
                """
                        .formatted(order));
        return Map.of("shop_order_id", Identifiers.text(new ShopOrder(order)));
    }

    private void held() {
        scenes.put("search-held-deliveries", Scene.get(Map.of(), Map.of()));
        scenes.put(
                "find-held-recipient", Scene.post(Map.of(), "{\"email\": \"rosa@example.org\"}"));
        scenes.put("retry-held-delivery", Scene.post(heldOne(), "{}"));
        scenes.put("drop-held-delivery", Scene.post(heldOne(), "{\"reason\": \"TEST_ORDER\"}"));
    }

    // As one whose item nobody knows.
    private Map<String, String> heldOne() {
        var delivery = UUID.randomUUID();
        change(
                """
                insert into wms.channel_delivery (
                    tenant_id, delivery_id, connection_id, event_id, state, problem, pointer, reference, body,
                    received_at, settled_at)
                select tenant_id, '%1$s', connection_id, 'evt-%1$s', 'HELD', 'UNKNOWN_SKU', '/data/lines/0/sku',
                       'SHOP-1', '{"data": {"recipient": {"email": "rosa@example.org"}}}', now(), now()
                  from wms.channel_connection
                 where tenant_id = ?
                 order by connection_id
                 limit 1
                """
                        .formatted(delivery));
        return Map.of("delivery_id", Identifiers.text(new Delivery(delivery)));
    }

    private void change(String sql) {
        try {
            new Jobs(client.platform()).change(sql, client);
        } catch (SQLException e) {
            throw new AssertionError("a shop can be set up", e);
        }
    }
}
