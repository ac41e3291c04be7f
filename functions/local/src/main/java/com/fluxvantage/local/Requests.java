package com.fluxvantage.local;

import com.fluxvantage.local.DayPlan.Arrival;
import com.fluxvantage.local.foodmart.Order;
import com.fluxvantage.local.foodmart.Person;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.regex.Pattern;

/** What the people of a day send: the body of each request, as the API's contract has it. */
final class Requests {
    /** What goes into one carton; the rest of a large order goes into more of them. */
    private static final int MOST_CONTENTS = 200;

    private static final Pattern TRACKABLE = Pattern.compile("[0-9A-Za-z./-]{1,61}");
    private static final String CARRIER = "Roadrunner Parcels";

    private Requests() {}

    static ObjectNode register(DayPlan.Item item) {
        var body = ApiClient.object();
        body.put("sku", item.sku());
        body.put("description", item.description());
        body.put("lot_controlled", item.lotControlled());
        body.put("rotation", item.lotControlled() ? "FEFO" : "FIFO");
        return body;
    }

    static ObjectNode receive(Arrival arrival) {
        var body = ApiClient.object();
        body.put("sku", arrival.sku());
        body.put("quantity", arrival.quantity());
        body.put("condition", arrival.condition().name());
        arrival.lot()
                .ifPresent(lot ->
                        body.put("lot", lot.code()).put("expires_on", lot.expiresOn().toString()));
        return body;
    }

    static ObjectNode accept(Order order, String warehouse) {
        var body = ApiClient.object();
        body.put("warehouse_id", warehouse);
        body.put("reference", order.reference());
        var lines = body.putArray("lines");
        order.lines()
                .forEach(line ->
                        lines.addObject().put("sku", line.sku()).put("quantity", line.quantity()));
        body.set("recipient", recipient(order.recipient()));
        return body;
    }

    /** The same order as a shop's own system sends it, which knows nothing of warehouses. */
    static ObjectNode placed(Order order) {
        var data = accept(order, "");
        data.remove("warehouse_id");
        var body = ApiClient.object();
        body.put("type", "ORDER_PLACED");
        body.set("data", data);
        return body;
    }

    private static ObjectNode recipient(Person person) {
        var recipient = ApiClient.object();
        recipient.put("name", person.name());
        person.company().ifPresent(it -> recipient.put("company", it));
        recipient.put("street", person.street());
        recipient.put("city", person.city());
        person.region().ifPresent(it -> recipient.put("region", it));
        recipient.put("postcode", person.postcode());
        recipient.put("country", person.country());
        person.phone().ifPresent(it -> recipient.put("phone", it));
        return recipient;
    }

    static ObjectNode pick(JsonNode task) {
        var body = ApiClient.object();
        body.put("location", task.path("location").asString());
        body.put("sku", task.path("sku").asString());
        body.put("quantity", task.path("quantity").asLong());
        if (task.hasNonNull("lot")) {
            body.put("lot", task.path("lot").asString());
        }
        return body;
    }

    static ObjectNode pack(JsonNode shown) {
        var body = ApiClient.object();
        var contents = body.putArray("contents");
        shown.path("to_pack").valueStream().limit(MOST_CONTENTS).forEach(contents::add);
        return body;
    }

    static ObjectNode dispatch(Order order) {
        var body = ApiClient.object();
        body.put("carrier", CARRIER);
        body.put("tracking", tracking(order.reference()));
        return body;
    }

    // A tracking number has no spaces and few signs; an order number may have any.
    private static String tracking(String reference) {
        return TRACKABLE.matcher(reference).matches()
                ? "RR-" + reference
                : "RR." + Fingerprint.of(reference).substring(0, 60);
    }
}
