package com.fluxvantage.local;

import com.fluxvantage.local.DayPlan.Condition;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.Comparator;
import java.util.List;

/**
 * What a tenant's people have begun and not ended, so that whoever looks in finds something for
 * each step: a truck to come, a half unloaded one, and orders that wait to be allocated, picked,
 * packed and dispatched. The keys are fixed: begun once, also when a kept database is served again.
 */
final class UnfinishedWork {
    private static final int PER_LINE = 12;
    private static final int UNLOADED = 6;

    private final Floor floor;
    private final List<String> skus;

    UnfinishedWork(Floor floor) {
        this.floor = floor;
        this.skus = plentiful(floor.plan());
    }

    void begin() {
        temporaryMember();
        asn("TO-COME");
        unload("BEING-UNLOADED");
        accept("TO-ALLOCATE");
        allocate(accept("TO-PICK"));
        pick(allocate(accept("TO-PACK")));
        pack(pick(allocate(accept("TO-DISPATCH"))));
    }

    // Items of which most is left when the day is over: whole packs come in.
    private static List<String> plentiful(DayPlan plan) {
        var good = plan.arriving(Condition.GOOD);
        var demand = plan.demand();
        return plan.items().stream()
                .filter(item -> !item.lotControlled())
                .map(DayPlan.Item::sku)
                .sorted(
                        Comparator.comparingLong(
                                sku -> demand.getOrDefault(sku, 0L) - good.getOrDefault(sku, 0L)))
                .limit(2)
                .toList();
    }

    private void temporaryMember() {
        var body = ApiClient.object();
        body.put("subject", floor.name() + "-temporary");
        body.put("email", "temporary@example.org");
        body.put("display_name", "A temporary picker");
        body.putArray("roles").add("PICKER");
        floor.staff().administrator().post("add-member", "/members", "begun-temporary", body);
    }

    private String asn(String reference) {
        var body = ApiClient.object();
        body.put("warehouse_id", floor.warehouse());
        body.put("reference", reference);
        lines(body, PER_LINE);
        return floor.staff()
                .manager()
                .post("announce-asn", "/asns", "begun-asn-" + reference, body)
                .path("asn_id")
                .asString();
    }

    private void unload(String reference) {
        var receiver = floor.staff().receiver();
        String receipt =
                receiver.post(
                                "open-receipt",
                                "/asns/" + asn(reference) + "/receipts",
                                "begun-receipt-" + reference,
                                ApiClient.object())
                        .path("receipt_id")
                        .asString();
        var body = ApiClient.object();
        body.put("sku", skus.getFirst());
        body.put("quantity", UNLOADED);
        body.put("condition", "GOOD");
        receiver.post(
                "receive-line",
                "/receipts/" + receipt + "/receive",
                "begun-scan-" + reference,
                body);
    }

    private String accept(String reference) {
        var body = ApiClient.object();
        body.put("warehouse_id", floor.warehouse());
        body.put("reference", reference);
        lines(body, 1);
        body.putObject("recipient")
                .put("name", "Pat Example")
                .put("street", "1 Example Street")
                .put("city", "Exampleton")
                .put("postcode", "EX1 2MP")
                .put("country", "GB");
        return floor.staff()
                .shop()
                .post("accept-order", "/orders", "begun-order-" + reference, body)
                .path("order_id")
                .asString();
    }

    private String allocate(String order) {
        floor.staff()
                .manager()
                .post(
                        "allocate-order",
                        "/orders/" + order + "/allocate",
                        "begun-allocate-" + order,
                        ApiClient.object());
        return order;
    }

    private String pick(String order) {
        for (JsonNode task : floor.picks(order).path("items")) {
            floor.confirm(task);
        }
        return order;
    }

    private void pack(String order) {
        var shown = floor.order(order);
        if (shown.path("state").asString().equals("PICKED")) {
            floor.staff()
                    .packer()
                    .post(
                            "pack-carton",
                            "/orders/" + order + "/cartons",
                            "begun-pack-" + order,
                            Requests.pack(shown));
        }
    }

    private void lines(ObjectNode body, int quantity) {
        var lines = body.putArray("lines");
        skus.forEach(sku -> lines.addObject().put("sku", sku).put("quantity", quantity));
    }
}
