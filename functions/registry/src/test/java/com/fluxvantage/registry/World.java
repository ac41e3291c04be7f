package com.fluxvantage.registry;

import com.fluxvantage.kernel.operation.Permission;
import com.fluxvantage.testing.Answer;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.GivenWarehouse;
import com.fluxvantage.testing.Jobs;

import org.jspecify.annotations.Nullable;

import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * A tenant in the middle of a working day: there is something for every operation to work on. Each
 * operation has one scene, a call that its own tenant may make and that another tenant may not.
 */
final class World {
    /** One call: path variables, query parameters of a read, body of a write. */
    record Scene(Map<String, String> path, Map<String, String> query, String body) {
        static Scene post(Map<String, String> path, String body) {
            return new Scene(path, Map.of(), body);
        }

        static Scene get(Map<String, String> path, Map<String, String> query) {
            return new Scene(path, query, "");
        }
    }

    private static final String LEGAL = "{\"reason\": \"LEGAL\"}";

    private final Client client;
    private final GivenWarehouse given;
    private final Map<String, Scene> scenes = new LinkedHashMap<>();
    private final Map<String, Scene> platformScenes = new HashMap<>();
    private final Set<String> played = new HashSet<>();
    private final Map<String, Runnable> before = new HashMap<>();
    private final Map<String, Runnable> after = new HashMap<>();
    private int orders;

    World(Client client) {
        this.client = client;
        this.given = GivenWarehouse.of(client);
        given.item("TEA");
        given.item("CUP");
        given.stock("TEA", 100, "A-02");
        people();
        masterData();
        inbound();
        stock();
        outbound();
        connections();
        scenes.putAll(CarrierScenes.of(client, given.warehouseId(), this::carton));
        webhooks();
        itsEnd();
        aHoldThatWas();
        fromThePlatform();
    }

    Client client() {
        return client;
    }

    Map<String, Scene> scenes() {
        return scenes;
    }

    /** Of a member or of one of the platform's people. */
    @Nullable Scene anyScene(String operation) {
        return scenes.containsKey(operation)
                ? scenes.get(operation)
                : platformScenes.get(operation);
    }

    Scene scene(String operation) {
        var scene = scenes.get(operation);
        if (scene == null) {
            throw new AssertionError("no scene for " + operation + ": give it one here");
        }
        return scene;
    }

    Answer play(Client as, String operation) {
        return play(as, operation, UUID.randomUUID().toString());
    }

    Answer play(Client as, String operation, String key) {
        var scene = scene(operation);
        // Whoever is refused ends nothing, and who calls once more with a key is answered as
        // before.
        boolean isAtItsEnd = as.permissions().contains(Permission.TENANT_MANAGE) && played.add(key);
        if (isAtItsEnd) {
            before.getOrDefault(operation, () -> {}).run();
        }
        var answer =
                as.raw(
                        operation,
                        scene.path,
                        scene.query,
                        scene.body,
                        Map.of("Idempotency-Key", key));
        if (isAtItsEnd) {
            after.getOrDefault(operation, () -> {}).run();
        }
        return answer;
    }

    private void connections() {
        scenes.put("search-connections", Scene.get(Map.of(), Map.of()));
        scenes.put("connect-channel", Scene.post(Map.of(), connection("Shop in the square")));
        scenes.put("connect-shop", Scene.post(Map.of(), shop("Shop that is called")));
        scenes.put(
                "replace-shop-credential",
                Scene.post(
                        Map.of(
                                "connection_id",
                                post("connect-shop", Map.of(), shop("Shop with another key"))
                                        .text("connection_id")),
                        """
                        {"credential": "planted-key-of-an-admin-api-0002"}\
                        """));
        for (var change : new String[] {"pause", "resume", "disconnect"}) {
            var connected =
                    post("connect-channel", Map.of(), connection("Shop to " + change))
                            .text("connection_id");
            scenes.put("get-connection", Scene.get(Map.of("connection_id", connected), Map.of()));
            scenes.put(
                    change + (change.equals("disconnect") ? "-channel" : "-connection"),
                    Scene.post(Map.of("connection_id", connected), "{}"));
        }
        scenes.putAll(
                ShopScenes.of(
                        client,
                        post("connect-shop", Map.of(), shop("Shop that is told of stock"))
                                .text("connection_id")));
    }

    private String shop(String name) {
        return """
        {"kind": "VENDURE", "location": "1", "name": "%s", "warehouse_id": "%s",
         "url": "https://shop.example.org/admin-api", "credential": "planted-key-of-an-admin-api-0001"}
        """
                .formatted(name, given.warehouseId());
    }

    private String connection(String name) {
        return """
        {"kind": "SIGNED_PUSH", "name": "%s", "warehouse_id": "%s",
         "secret": "whsec_cGxhbnRlZC1zZWNyZXQtb2YtYS1zaG9wLTAwMQ=="}
        """
                .formatted(name, given.warehouseId());
    }

    /** The tenant ends for each of these calls alone and is back when it is over. */
    private void itsEnd() {
        var confirmed = "{\"confirmation\": \"%s\"}".formatted(tenantName());
        scenes.put("search-own-holds", Scene.get(Map.of(), Map.of()));
        scenes.put("terminate-tenant", Scene.post(Map.of(), confirmed));
        scenes.put("reactivate-tenant", Scene.post(Map.of(), "{}"));
        before.put("reactivate-tenant", () -> post("terminate-tenant", Map.of(), confirmed));
        scenes.put("waive-export", Scene.post(Map.of(), confirmed));
        scenes.put("delete-tenant-now", Scene.post(Map.of(), confirmed));
        scenes.put("cancel-deletion", Scene.post(Map.of(), "{}"));
        before.put("waive-export", () -> windDown(confirmed));
        before.put("delete-tenant-now", () -> windDown(confirmed));
        before.put(
                "cancel-deletion",
                () -> {
                    windDown(confirmed);
                    post("delete-tenant-now", Map.of(), confirmed);
                });
        for (var ending :
                new String[] {
                    "terminate-tenant", "waive-export", "delete-tenant-now", "cancel-deletion"
                }) {
            // Refused where the call itself was, and then there is nothing to take back.
            after.put(ending, () -> client.post("reactivate-tenant", Map.of(), "{}"));
        }
    }

    // Directly, since a schedule that has run waits when the clock is set back.
    private void windDown(String confirmed) {
        giveUp();
        post("terminate-tenant", Map.of(), confirmed);
        try (var connection = client.platform().database().as("fv_worker");
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(
                    "select fv.delegate_job('advance-tenants',"
                            + " '00000000-0000-7000-8000-000000000001')");
            statement.execute(
                    "select fv.advance_tenants('%s', 100)"
                            .formatted(client.platform().clock().instant()));
            connection.commit();
        } catch (SQLException e) {
            throw new AssertionError("the tenant could not be wound down", e);
        }
    }

    /** What the platform's own people do, to tenants that are there for it. */
    private void fromThePlatform() {
        var spare = client.platform().openTenant();
        var tenant = id(spare);
        var confirmed =
                """
                {"effective_at": "%s", "confirmation": "%s"}\
                """
                        .formatted(
                                client.platform()
                                        .clock()
                                        .instant()
                                        .plus(Duration.ofDays(200))
                                        .truncatedTo(ChronoUnit.SECONDS),
                                spare.get("get-tenant", Map.of(), Map.of()).text("name"));
        var suspended = client.platform().openTenant();
        var one = client.platform().operator();
        var two = client.platform().operator();
        var path = Map.of("tenant", tenant);
        one.post("suspend-tenant", Map.of("tenant", id(suspended)), LEGAL);
        two.post("suspend-tenant", Map.of("tenant", id(suspended)), LEGAL);
        platformScenes.put("suspend-tenant", Scene.post(path, LEGAL));
        platformScenes.put("lift-suspension", Scene.post(Map.of("tenant", id(suspended)), "{}"));
        platformScenes.put("lengthen-window", Scene.post(path, "{\"days\": 1}"));
        platformScenes.put("place-legal-hold", Scene.post(path, hold()));
        platformScenes.put("search-holds", Scene.get(path, Map.of()));
        platformScenes.put("search-deletions", Scene.get(Map.of(), Map.of()));
        platformScenes.put("pause-deletions", Scene.post(Map.of(), "{}"));
        platformScenes.put("resume-deletions", Scene.post(Map.of(), "{}"));
        for (var operation :
                new String[] {"approve-legal-hold", "discard-legal-hold", "lift-legal-hold"}) {
            var held = one.post("place-legal-hold", path, hold()).text("hold_id");
            var named = Map.of("tenant", tenant, "hold_id", held);
            if (operation.equals("lift-legal-hold")) {
                two.post("approve-legal-hold", named, "{}");
            }
            platformScenes.put(operation, Scene.post(named, "{}"));
        }
        spare.post("terminate-tenant", Map.of(), confirmed);
    }

    // A hold that two have placed and two have lifted: the tenant sees it, and it keeps nothing.
    private void aHoldThatWas() {
        var one = client.platform().operator();
        var two = client.platform().operator();
        var path = Map.of("tenant", id(client));
        var held = one.post("place-legal-hold", path, hold()).text("hold_id");
        var named = Map.of("tenant", id(client), "hold_id", held);
        two.post("approve-legal-hold", named, "{}");
        one.post("lift-legal-hold", named, "{}");
        two.post("lift-legal-hold", named, "{}");
    }

    private String hold() {
        return """
        {"matter": "SCENE", "basis": "TAX", "tables": ["item"], "sealed": false, "review_at": "%s"}\
        """
                .formatted(
                        client.platform()
                                .clock()
                                .instant()
                                .plus(Duration.ofDays(90))
                                .truncatedTo(ChronoUnit.SECONDS));
    }

    private static String id(Client of) {
        return of.get("get-tenant", Map.of(), Map.of()).text("tenant_id");
    }

    private String tenantName() {
        return client.get("get-tenant", Map.of(), Map.of()).text("name");
    }

    private void people() {
        var member = post("add-member", Map.of(), person("scene"));
        scenes.put("add-member", Scene.post(Map.of(), person("another")));
        scenes.put("search-members", Scene.get(Map.of(), Map.of("role", "PICKER")));
        scenes.put("get-tenant", Scene.get(Map.of(), Map.of()));
        exports();
        scenes.put("search-audit", Scene.get(Map.of(), Map.of("action", "add-member")));
        scenes.put("verify-audit", Scene.get(Map.of(), Map.of()));
        scenes.put("search-signing-keys", Scene.get(Map.of(), Map.of()));
        scenes.put("read-audit-chain", Scene.get(Map.of(), Map.of()));
        scenes.put("set-audit-retention", Scene.post(Map.of(), "{\"retention\": \"DAYS_730\"}"));
        scenes.put("preview-retention", Scene.get(Map.of(), Map.of()));
        scenes.put("set-recipient-retention", Scene.post(Map.of(), "{\"days\": 90}"));
        scenes.put("search-retention-runs", Scene.get(Map.of(), Map.of("outcome", "DONE")));
        scenes.put(
                "revoke-member", Scene.post(Map.of("member_id", member.text("member_id")), "{}"));
    }

    /**
     * One that is ready, one that could not be made, both of an earlier day: the next may be asked
     * for.
     */
    private void exports() {
        var made = post("request-export", Map.of(), "{}").text("export_id");
        client.platform().clockwork().turn();
        var path = Map.of("export_id", made);
        var file =
                client.get("search-export-files", path, Map.of())
                        .json()
                        .at("/items/0/file_id")
                        .asString();
        var stuck = post("request-export", Map.of(), "{}").text("export_id");
        giveUp();
        scenes.put("get-export", Scene.get(path, Map.of()));
        scenes.put("search-exports", Scene.get(Map.of(), Map.of()));
        scenes.put("search-export-files", Scene.get(path, Map.of()));
        scenes.put(
                "mint-download", Scene.get(Map.of("export_id", made, "file_id", file), Map.of()));
        scenes.put("cancel-export", Scene.post(Map.of("export_id", stuck), "{}"));
        scenes.put("request-export", Scene.post(Map.of(), "{}"));
    }

    // As days would, on which a service is away.
    private void giveUp() {
        var jobs = new Jobs(client.platform());
        try {
            jobs.change(
                    "update wms.export set state = 'FAILED', ended_at = now() where tenant_id = ?"
                            + " and state = 'REQUESTED'",
                    client);
            jobs.change(
                    "update wms.export set requested_at = requested_at - interval '2 days' where"
                            + " tenant_id = ?",
                    client);
        } catch (SQLException e) {
            throw new AssertionError("exports can be given up", e);
        }
    }

    private void webhooks() {
        scenes.put("add-webhook-endpoint", Scene.post(Map.of(), endpoint()));
        scenes.put("search-webhook-endpoints", Scene.get(Map.of(), Map.of()));
        var told = newEndpoint();
        scenes.put(
                "revise-webhook-endpoint",
                Scene.post(
                        told,
                        """
                        {"event_types": ["order.shipped", "receipt.received"], "enabled": true}\
                        """));
        scenes.put(
                "rotate-webhook-secret",
                Scene.post(
                        told,
                        """
                        {"secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDC2FVsBQIhrs="}\
                        """));
        missed();
        scenes.put("search-webhook-deliveries", Scene.get(told, Map.of("state", "MISSED")));
        scenes.put(
                "replay-webhook-deliveries",
                Scene.post(
                        told,
                        """
                        {"queued_from": "2026-01-01T00:00:00Z", "queued_until": "2036-01-01T00:00:00Z"}\
                        """));
        scenes.put("remove-webhook-endpoint", Scene.post(newEndpoint(), "{}"));
    }

    // As an event that came while the endpoint was disabled.
    private void missed() {
        try {
            new Jobs(client.platform())
                    .change(
                            """
                            insert into wms.webhook_delivery (
                                tenant_id, delivery_id, endpoint_id, event_type, stream_id, stream_no, queued_at, state)
                            select tenant_id, gen_random_uuid(), endpoint_id, 'receipt.received', gen_random_uuid(), 1,
                                   now(), 'MISSED'
                              from wms.webhook_endpoint
                             where tenant_id = ?
                            """,
                            client);
        } catch (SQLException e) {
            throw new AssertionError("an event can be missed", e);
        }
    }

    private Map<String, String> newEndpoint() {
        return Map.of(
                "endpoint_id",
                post("add-webhook-endpoint", Map.of(), endpoint()).text("endpoint_id"));
    }

    private static String endpoint() {
        return """
        {"url": "https://shop.example.org/hooks", "event_types": ["receipt.received"],
         "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="}\
        """;
    }

    private static String person(String subject) {
        return """
        {"subject": "%s", "email": "%s@example.org", "display_name": "Pat Example", "roles": ["PICKER"]}\
        """
                .formatted(subject, subject);
    }

    private void masterData() {
        scenes.put(
                "register-item",
                Scene.post(
                        Map.of(),
                        """
                        {"sku": "POT", "description": "A pot"}\
                        """));
        scenes.put("search-items", Scene.get(Map.of(), Map.of("sku_prefix", "T")));
        scenes.put(
                "open-warehouse",
                Scene.post(
                        Map.of(),
                        """
                        {"code": "SECOND", "name": "Second warehouse", "time_zone": "Europe/Berlin"}\
                        """));
        scenes.put(
                "add-location",
                Scene.post(
                        Map.of("warehouse_id", given.warehouseId()),
                        """
                        {"code": "B-01", "pick_sequence": 9}\
                        """));
        scenes.put(
                "search-locations",
                Scene.get(Map.of(), Map.of("warehouse_id", given.warehouseId())));
    }

    private void inbound() {
        scenes.put(
                "announce-asn",
                Scene.post(
                        Map.of(),
                        """
                        {"warehouse_id": "%s", "reference": "SCENE", "lines": [{"sku": "TEA", "quantity": 5}]}\
                        """
                                .formatted(given.warehouseId())));
        var expected = given.asn("TEA 10");
        scenes.put("get-asn", Scene.get(Map.of("asn_id", expected), Map.of()));
        scenes.put("search-asns", Scene.get(Map.of(), Map.of("warehouse_id", given.warehouseId())));
        scenes.put("open-receipt", Scene.post(Map.of("asn_id", expected), "{}"));
        var open = given.openReceipt(given.asn("TEA 50"));
        var atDock = given.receive(open, "TEA", 20);
        scenes.put(
                "receive-line",
                Scene.post(
                        Map.of("receipt_id", open),
                        """
                        {"sku": "TEA", "quantity": 1, "condition": "GOOD"}\
                        """));
        var toClose = given.openReceipt(given.asn("CUP 5"));
        given.receive(toClose, "CUP", 5);
        scenes.put("close-receipt", Scene.post(Map.of("receipt_id", toClose), "{}"));
        var slipped = given.openReceipt(given.asn("CUP 9"));
        var cups = given.receive(slipped, "CUP", 8);
        given.putAway(cups, 1, "A-03");
        given.receive(slipped, "CUP", 1);
        scenes.put("reverse-receipt-scan", Scene.post(Map.of("receipt_id", slipped), "{}"));
        scenes.put("reverse-putaway", Scene.post(Map.of("bucket_id", cups), "{}"));
        scenes.put("suggest-putaway", Scene.get(Map.of("bucket_id", atDock), Map.of()));
        scenes.put(
                "confirm-putaway",
                Scene.post(
                        Map.of("bucket_id", atDock),
                        """
                        {"quantity": 2, "to": "A-01"}\
                        """));
    }

    private void stock() {
        scenes.put(
                "search-stock", Scene.get(Map.of(), Map.of("warehouse_id", given.warehouseId())));
        var bucket =
                client.get(
                                "search-stock",
                                Map.of(),
                                Map.of("warehouse_id", given.warehouseId(), "location", "A-02"))
                        .json()
                        .path("items")
                        .path(0)
                        .path("bucket_id")
                        .asString();
        scenes.put(
                "search-movements",
                Scene.get(
                        Map.of(),
                        Map.of(
                                "warehouse_id",
                                given.warehouseId(),
                                "sku",
                                "TEA",
                                "bucket_id",
                                bucket)));
        scenes.put(
                "move-stock",
                Scene.post(
                        Map.of("bucket_id", bucket),
                        """
                        {"quantity": 3, "to": "A-03"}\
                        """));
        scenes.put(
                "adjust-stock",
                Scene.post(
                        Map.of(),
                        """
                        {"warehouse_id": "%s", "location": "A-02", "sku": "TEA", "delta": 1, "reason": "FOUND"}\
                        """
                                .formatted(given.warehouseId())));
    }

    private void outbound() {
        scenes.put("accept-order", Scene.post(Map.of(), order("SCENE")));
        var accepted = accepted();
        scenes.put("get-order", Scene.get(Map.of("order_id", accepted), Map.of()));
        scenes.put(
                "search-orders", Scene.get(Map.of(), Map.of("warehouse_id", given.warehouseId())));
        scenes.put("allocate-order", Scene.post(Map.of("order_id", accepted), "{}"));
        scenes.put(
                "cancel-order",
                Scene.post(
                        Map.of("order_id", allocated()),
                        """
                        {"reason": "CUSTOMER_REQUEST"}\
                        """));
        var allocated = allocated();
        scenes.put(
                "list-picks",
                Scene.get(
                        Map.of(),
                        Map.of("warehouse_id", given.warehouseId(), "order_id", allocated)));
        scenes.put(
                "confirm-pick",
                Scene.post(
                        Map.of("pick_id", pickOf(allocated)),
                        """
                        {"location": "A-02", "sku": "TEA", "quantity": 1}\
                        """));
        var again = allocated();
        var slipped = pickOf(again);
        pickOne(slipped);
        scenes.put("reverse-pick", Scene.post(Map.of("pick_id", slipped), "{}"));
        scenes.put(
                "pack-carton",
                Scene.post(
                        Map.of("order_id", picked()),
                        """
                        {"contents": [{"sku": "TEA", "quantity": 2}]}\
                        """));
        scenes.put(
                "dispatch-shipment",
                Scene.post(
                        Map.of("order_id", packed()),
                        """
                        {"carrier": "Roadrunner", "tracking": "RR-SCENE"}\
                        """));
    }

    private String order(String reference) {
        return """
        {"warehouse_id": "%s", "reference": "%s", "lines": [{"sku": "TEA", "quantity": 2}],
         "recipient": {"name": "Rita Recipient", "street": "1 Hidden Lane", "city": "Leeds", "postcode": "LS1 1AA", "country": "GB"}}\
        """
                .formatted(given.warehouseId(), reference);
    }

    private String accepted() {
        return post("accept-order", Map.of(), order("ORDER-" + ++orders)).text("order_id");
    }

    private String allocated() {
        var order = accepted();
        post("allocate-order", Map.of("order_id", order), "{}");
        return order;
    }

    private String pickOf(String order) {
        return client.get(
                        "list-picks",
                        Map.of(),
                        Map.of("warehouse_id", given.warehouseId(), "order_id", order))
                .json()
                .path("items")
                .path(0)
                .path("pick_id")
                .asString();
    }

    private void pickOne(String pick) {
        post(
                "confirm-pick",
                Map.of("pick_id", pick),
                """
                {"location": "A-02", "sku": "TEA", "quantity": 1}\
                """);
    }

    private String picked() {
        var order = allocated();
        post(
                "confirm-pick",
                Map.of("pick_id", pickOf(order)),
                """
                {"location": "A-02", "sku": "TEA", "quantity": 2}\
                """);
        return order;
    }

    private String packed() {
        var order = picked();
        pack(order);
        return order;
    }

    private String carton() {
        return pack(picked()).text("carton_id");
    }

    private Answer pack(String order) {
        return post(
                "pack-carton",
                Map.of("order_id", order),
                """
                {"contents": [{"sku": "TEA", "quantity": 2}]}\
                """);
    }

    private Answer post(String operation, Map<String, String> path, String body) {
        var answer = client.post(operation, path, body);
        if (answer.status() >= 300) {
            throw new AssertionError(
                    "the world could not be made: "
                            + operation
                            + " "
                            + answer.status()
                            + " "
                            + answer.json());
        }
        return answer;
    }
}
