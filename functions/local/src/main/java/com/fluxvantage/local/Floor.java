package com.fluxvantage.local;

import com.fluxvantage.kernel.tenancy.TenantId;
import com.fluxvantage.local.DayPlan.Arrival;
import com.fluxvantage.local.DayPlan.Asn;
import com.fluxvantage.local.foodmart.Order;

import tools.jackson.databind.JsonNode;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The people of one tenant at work. Every call is one that a real client makes, and its idempotency
 * key is made from what it is for: a day that was cut off goes on where it was, and what had been
 * done is answered, not done again.
 */
final class Floor {
    /** Where damaged goods wait; no picker is sent there. */
    static final String DAMAGED_BIN = "DAMAGED-01";

    /** Who does what; each has a token of their own. */
    record Staff(
            ApiClient administrator,
            ApiClient manager,
            ApiClient receiver,
            ApiClient picker,
            ApiClient packer,
            ApiClient shop) {}

    /** What became of the orders so far. */
    static final class Tally {
        final AtomicLong orders = new AtomicLong();
        final AtomicLong lines = new AtomicLong();
        final AtomicLong units = new AtomicLong();
        final AtomicLong shortLines = new AtomicLong();
        final AtomicLong shortUnits = new AtomicLong();
    }

    private final String name;
    private final TenantId tenant;
    private final DayPlan plan;
    private final Staff staff;
    private final Map<String, List<String>> homes = new HashMap<>();
    private final Map<String, String> receipts = new ConcurrentHashMap<>();
    private final Tally tally = new Tally();
    private String warehouse = "";

    Floor(String name, TenantId tenant, DayPlan plan, Staff staff) {
        this.name = name;
        this.tenant = tenant;
        this.plan = plan;
        this.staff = staff;
        plan.bins()
                .forEach(bin ->
                        homes.computeIfAbsent(bin.sku(), _ -> new ArrayList<>()).add(bin.code()));
    }

    String name() {
        return name;
    }

    TenantId tenant() {
        return tenant;
    }

    DayPlan plan() {
        return plan;
    }

    Staff staff() {
        return staff;
    }

    Tally tally() {
        return tally;
    }

    String warehouse() {
        return warehouse;
    }

    /** The warehouse, its bins and the catalogue. */
    void build(Crew crew, Runnable done) {
        var body = ApiClient.object();
        body.put("code", "MAIN");
        body.put("name", "Main warehouse");
        body.put("time_zone", "America/Los_Angeles");
        warehouse =
                staff.manager
                        .post("open-warehouse", "/warehouses", "warehouse-MAIN", body)
                        .path("warehouse_id")
                        .asString();
        done.run();
        crew.all(
                plan.items(),
                item -> {
                    register(item);
                    done.run();
                });
        addDamagedBin();
        crew.all(
                plan.bins(),
                bin -> {
                    add(bin);
                    done.run();
                });
    }

    /** How many requests {@link #build} counts. */
    int toBuild() {
        return 1 + plan.items().size() + plan.bins().size();
    }

    private void register(DayPlan.Item item) {
        staff.manager.post(
                "register-item", "/items", "item-" + item.sku(), Requests.register(item));
    }

    private void add(DayPlan.Bin bin) {
        var body = ApiClient.object();
        body.put("code", bin.code());
        body.put("pick_sequence", bin.pickSequence());
        body.put("home_sku", bin.sku());
        staff.manager.post(
                "add-location",
                "/warehouses/" + warehouse + "/locations",
                "location-" + bin.code(),
                body);
    }

    private void addDamagedBin() {
        var body = ApiClient.object();
        body.put("code", DAMAGED_BIN);
        body.put("pick_sequence", 0);
        body.put("pickable", false);
        staff.manager.post(
                "add-location",
                "/warehouses/" + warehouse + "/locations",
                "location-" + DAMAGED_BIN,
                body);
    }

    /** Announces what the trucks bring and opens a receipt for each. */
    void announce(Asn asn) {
        var body = ApiClient.object();
        body.put("warehouse_id", warehouse);
        body.put("reference", asn.reference());
        var lines = body.putArray("lines");
        for (var line : asn.lines()) {
            lines.addObject().put("sku", line.sku()).put("quantity", line.announced());
        }
        String id =
                staff.manager
                        .post("announce-asn", "/asns", "asn-" + asn.reference(), body)
                        .path("asn_id")
                        .asString();
        String receipt =
                staff.receiver
                        .post(
                                "open-receipt",
                                "/asns/" + id + "/receipts",
                                "receipt-" + asn.reference(),
                                ApiClient.object())
                        .path("receipt_id")
                        .asString();
        receipts.put(asn.reference(), receipt);
    }

    /** Counts one arrival in at the dock; answers the call's own words. */
    JsonNode receive(Asn asn, Arrival arrival) {
        return staff.receiver.post(
                "receive-line",
                "/receipts/" + receipts.get(asn.reference()) + "/receive",
                "receive-" + key(asn, arrival),
                Requests.receive(arrival));
    }

    /** Carries it to a bin: where the system says, unless the worker knows better. */
    String putAway(Asn asn, Arrival arrival, JsonNode received) {
        String bucket = received.path("stock").path(0).path("bucket").asString();
        String bin = bin(arrival, bucket);
        var body = ApiClient.object();
        body.put("quantity", arrival.quantity());
        body.put("to", bin);
        staff.receiver.post(
                "confirm-putaway",
                "/buckets/" + bucket + "/putaway",
                "putaway-" + key(asn, arrival),
                body);
        return bin;
    }

    private String bin(Arrival arrival, String bucket) {
        if (arrival.condition() == DayPlan.Condition.DAMAGED) {
            return DAMAGED_BIN;
        }
        // The second lot goes into the item's second bin, so that the lots need not be mixed.
        if (arrival.lot().map(lot -> lot.code().equals("LOT-2")).orElse(false)) {
            return homes.getOrDefault(arrival.sku(), List.of()).getLast();
        }
        return suggested(bucket)
                .orElseGet(() -> homes.getOrDefault(arrival.sku(), List.of()).getFirst());
    }

    // A bucket that was emptied and swept since, when a day goes on that was cut off, has
    // no suggestion.
    private Optional<String> suggested(String bucket) {
        var reply =
                staff.receiver.tryGet(
                        "suggest-putaway", "/buckets/" + bucket + "/putaway-suggestion");
        return reply.isDone() ? Optional.of(reply.text("location")) : Optional.empty();
    }

    void close(Asn asn) {
        staff.receiver.post(
                "close-receipt",
                "/receipts/" + receipts.get(asn.reference()) + "/close",
                "close-" + asn.reference(),
                ApiClient.object());
    }

    private static String key(Asn asn, Arrival arrival) {
        return String.join(
                "-",
                asn.reference(),
                arrival.sku(),
                arrival.condition().name(),
                arrival.lot().map(DayPlan.Lot::code).orElse("NONE"));
    }

    /** One order from the shop to the truck, each step by whoever's step it is. */
    CompletableFuture<Void> ship(Order order, Crew desk, Crew pickers, Crew packers) {
        return CompletableFuture.supplyAsync(() -> acceptAndAllocate(order), desk.workers())
                .thenApplyAsync(
                        id -> {
                            pick(order, id);
                            return id;
                        },
                        pickers.workers())
                .thenAcceptAsync(id -> packAndDispatch(order, id), packers.workers());
    }

    private String acceptAndAllocate(Order order) {
        String id = accept(order).path("order_id").asString();
        allocate(order, id);
        return id;
    }

    JsonNode accept(Order order) {
        return staff.shop.post(
                "accept-order",
                "/orders",
                "order-" + order.reference(),
                Requests.accept(order, warehouse));
    }

    JsonNode allocate(Order order, String id) {
        return staff.manager.post(
                "allocate-order",
                "/orders/" + id + "/allocate",
                "allocate-" + order.reference(),
                ApiClient.object());
    }

    JsonNode picks(String id) {
        return staff.picker.get(
                "list-picks",
                "/picks?warehouse_id=" + warehouse + "&order_id=" + id + "&limit=200");
    }

    private void pick(Order order, String id) {
        var page = picks(id).path("items");
        while (!page.isEmpty()) {
            page.forEach(this::confirm);
            page = picks(id).path("items");
        }
        tally.lines.addAndGet(order.lines().size());
    }

    JsonNode confirm(JsonNode task) {
        String pick = task.path("pick_id").asString();
        return staff.picker.post(
                "confirm-pick",
                "/picks/" + pick + "/confirm",
                "pick-" + pick + "-" + task.path("quantity").asLong(),
                Requests.pick(task));
    }

    JsonNode order(String id) {
        return staff.packer.get("get-order", "/orders/" + id);
    }

    private void packAndDispatch(Order order, String id) {
        var shown = order(id);
        while (shown.path("state").asString().equals("PICKED")) {
            pack(order, id, shown);
            shown = order(id);
        }
        if (shown.path("state").asString().equals("PACKED")) {
            dispatch(order, id);
            shown = order(id);
        }
        count(order, shown);
    }

    JsonNode pack(Order order, String id, JsonNode shown) {
        return staff.packer.post(
                "pack-carton",
                "/orders/" + id + "/cartons",
                "pack-%d-%s".formatted(shown.path("cartons").size() + 1, order.reference()),
                Requests.pack(shown));
    }

    JsonNode dispatch(Order order, String id) {
        return staff.packer.post(
                "dispatch-shipment",
                "/orders/" + id + "/dispatch",
                "dispatch-" + order.reference(),
                Requests.dispatch(order));
    }

    void count(Order order, JsonNode shown) {
        tally.orders.incrementAndGet();
        for (JsonNode line : shown.path("lines")) {
            tally.units.addAndGet(line.path("shipped").asLong());
            long missing = line.path("ordered").asLong() - line.path("shipped").asLong();
            if (missing > 0) {
                tally.shortLines.incrementAndGet();
                tally.shortUnits.addAndGet(missing);
            }
        }
    }

    /** Carries a piece of this and that to another bin; answers how often it could. */
    int carryAbout(int times) {
        var page =
                staff.manager.get(
                        "search-stock", "/stock?warehouse_id=" + warehouse + "&limit=" + times);
        int carried = 0;
        for (JsonNode bucket : page.path("items")) {
            var to =
                    plan.bins().stream()
                            .map(DayPlan.Bin::code)
                            .filter(it -> !it.equals(bucket.path("location").asString()))
                            .findFirst();
            if (to.isPresent()) {
                String id = bucket.path("bucket_id").asString();
                var body = ApiClient.object();
                body.put("quantity", 1);
                body.put("to", to.get());
                var reply =
                        staff.manager.tryPost(
                                "move-stock", "/buckets/" + id + "/move", "carry-" + id, body);
                carried += reply.isDone() ? 1 : 0;
            }
        }
        return carried;
    }

    /** What the manager sees of one item. */
    JsonNode stock(String sku) {
        return staff.manager.get(
                "search-stock",
                "/stock?warehouse_id="
                        + warehouse
                        + "&sku="
                        + URLEncoder.encode(sku, StandardCharsets.UTF_8));
    }

    /** All units in the warehouse by SKU, page by page. */
    Map<String, Long> onHand() {
        var units = new HashMap<String, Long>();
        String cursor = "";
        do {
            var page =
                    staff.manager.get(
                            "search-stock",
                            "/stock?warehouse_id="
                                    + warehouse
                                    + "&limit=200"
                                    + (cursor.isEmpty() ? "" : "&cursor=" + cursor));
            for (JsonNode bucket : page.path("items")) {
                units.merge(
                        bucket.path("sku").asString(), bucket.path("on_hand").asLong(), Long::sum);
            }
            cursor = page.path("next_cursor").asString("");
        } while (!cursor.isEmpty());
        return units;
    }
}
