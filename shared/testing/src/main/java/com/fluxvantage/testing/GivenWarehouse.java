package com.fluxvantage.testing;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Sets the scene in the words of the floor, through operations as a client calls them: a warehouse
 * with bins, items, goods that came in. Needs the operations of identity, catalog, locations and
 * inbound on the test's class path.
 */
public final class GivenWarehouse {
    private final Client client;
    private final String warehouseId;
    private int documents;

    private GivenWarehouse(Client client, String warehouseId) {
        this.client = client;
        this.warehouseId = warehouseId;
    }

    /** A warehouse with a dock, a stage and three bins, A-01 to A-03. */
    public static GivenWarehouse of(Client client) {
        var opened =
                made(
                        client.post(
                                "open-warehouse",
                                Map.of(),
                                """
                                {"code": "MAIN", "name": "Main warehouse", "time_zone": "Europe/London"}\
                                """));
        var given = new GivenWarehouse(client, opened.text("warehouse_id"));
        for (int bin = 1; bin <= 3; bin++) {
            given.bin("A-0" + bin, bin);
        }
        return given;
    }

    public String warehouseId() {
        return warehouseId;
    }

    /** A pickable bin at this place in the walk. */
    public String bin(String code, int pickSequence) {
        return made(client.post(
                        "add-location",
                        Map.of("warehouse_id", warehouseId),
                        """
                        {"code": "%s", "pick_sequence": %d}\
                        """
                                .formatted(code, pickSequence)))
                .text("location_id");
    }

    public String item(String sku) {
        return item(sku, "");
    }

    /** An item kept by lot whose stock leaves by expiry date. */
    public String itemByExpiry(String sku) {
        return item(sku, ", \"lot_controlled\": true, \"rotation\": \"FEFO\"");
    }

    /** {@code more} is further JSON fields, each after a comma. */
    public String item(String sku, String more) {
        return made(client.post(
                        "register-item",
                        Map.of(),
                        """
                        {"sku": "%s", "description": "Item %s"%s}\
                        """
                                .formatted(sku, sku, more)))
                .text("item_id");
    }

    /** An ASN with one line for each {@code "SKU quantity"}. */
    public String asn(String... lines) {
        return announce(lines).text("asn_id");
    }

    public Answer announce(String... lines) {
        String json =
                List.of(lines).stream().map(GivenWarehouse::line).collect(Collectors.joining(", "));
        return made(
                client.post(
                        "announce-asn",
                        Map.of(),
                        """
                        {"warehouse_id": "%s", "reference": "ASN-%d", "lines": [%s]}\
                        """
                                .formatted(warehouseId, ++documents, json)));
    }

    public String openReceipt(String asnId) {
        return made(client.post("open-receipt", Map.of("asn_id", asnId), "{}")).text("receipt_id");
    }

    /** Counts good units in and answers the bucket at the dock. */
    public String receive(String receiptId, String sku, long quantity) {
        return receive(receiptId, sku, quantity, "");
    }

    public String receiveLot(
            String receiptId, String sku, long quantity, String lot, String expiresOn) {
        return receive(
                receiptId,
                sku,
                quantity,
                ", \"lot\": \"%s\", \"expires_on\": \"%s\"".formatted(lot, expiresOn));
    }

    private String receive(String receiptId, String sku, long quantity, String more) {
        return made(client.post(
                        "receive-line",
                        Map.of("receipt_id", receiptId),
                        """
                        {"sku": "%s", "quantity": %d, "condition": "GOOD"%s}\
                        """
                                .formatted(sku, quantity, more)))
                .json()
                .path("stock")
                .path(0)
                .path("bucket")
                .asString();
    }

    public void putAway(String bucketId, long quantity, String bin) {
        made(
                client.post(
                        "confirm-putaway",
                        Map.of("bucket_id", bucketId),
                        """
                        {"quantity": %d, "to": "%s"}\
                        """
                                .formatted(quantity, bin)));
    }

    /** Goods that came in through the dock and lie in a bin now. */
    public void stock(String sku, long quantity, String bin) {
        var receipt = openReceipt(asn(sku + " " + quantity));
        putAway(receive(receipt, sku, quantity), quantity, bin);
    }

    /** The same for an item that is kept by lot. */
    public void stockLot(String sku, long quantity, String bin, String lot, String expiresOn) {
        var receipt = openReceipt(asn(sku + " " + quantity));
        putAway(receiveLot(receipt, sku, quantity, lot, expiresOn), quantity, bin);
    }

    /** Allocates, picks, packs and hands over the order of this number, which is for one item. */
    public void send(String reference, String sku, long quantity, String tracking) {
        String order =
                made(client.get("search-orders", Map.of(), Map.of("reference", reference)))
                        .json()
                        .at("/items/0/order_id")
                        .asString();
        var path = Map.of("order_id", order);
        made(client.post("allocate-order", path, "{}"));
        var picks =
                made(
                        client.get(
                                "list-picks",
                                Map.of(),
                                Map.of("warehouse_id", warehouseId, "order_id", order)));
        for (var pick : picks.json().path("items")) {
            made(
                    client.post(
                            "confirm-pick",
                            Map.of("pick_id", pick.path("pick_id").asString()),
                            """
                            {"location": "%s", "sku": "%s", "quantity": %d}\
                            """
                                    .formatted(
                                            pick.path("location").asString(),
                                            sku,
                                            pick.path("quantity").asLong())));
        }
        made(
                client.post(
                        "pack-carton",
                        path,
                        """
                        {"contents": [{"sku": "%s", "quantity": %d}]}\
                        """
                                .formatted(sku, quantity)));
        made(
                client.post(
                        "dispatch-shipment",
                        path,
                        """
                        {"carrier": "Postal Service", "tracking": "%s"}\
                        """
                                .formatted(tracking)));
    }

    private static String line(String skuAndQuantity) {
        var parts = skuAndQuantity.split(" ", 2);
        return "{\"sku\": \"%s\", \"quantity\": %s}".formatted(parts[0], parts[1]);
    }

    private static Answer made(Answer answer) {
        if (answer.status() >= 300) {
            throw new AssertionError(
                    "the scene could not be set: " + answer.status() + " " + answer.json());
        }
        return answer;
    }
}
