package com.fluxvantage.shops;

import com.fluxvantage.kernel.outside.ShopKey;
import com.fluxvantage.kernel.outside.ShopShipment;
import com.fluxvantage.kernel.outside.Shops.Told;
import com.fluxvantage.kernel.outside.Shops.Tracked;
import com.fluxvantage.kernel.outside.Shops.Trouble;

import tools.jackson.databind.JsonNode;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Tells a shop of one shipment: as a fulfilment, made and then handed over. The shop is asked
 * first; whoever died between the two finds the fulfilment and hands it over.
 */
final class VendureShipment {
    private final VendureCalls calls;
    private final ShopShipment shipment;

    VendureShipment(VendureCalls calls, ShopShipment shipment) {
        this.calls = calls;
        this.shipment = shipment;
    }

    Told tell() {
        var order = calls.ask("order", it -> it.put("id", shipment.order().value())).path("order");
        if (!order.isObject()) {
            throw new VendureCalls.Stopped(Trouble.REFUSED);
        }
        var known = known(order);
        if (known.isPresent() && !isPending(known.get())) {
            return Told.BEFORE;
        }
        handOver(known.map(it -> it.path("id").asString("")).orElseGet(() -> fulfil(order)));
        return Told.NOW;
    }

    private Optional<JsonNode> known(JsonNode order) {
        return order.path("fulfillments")
                .valueStream()
                .filter(it -> !isCancelled(it))
                .filter(it -> it.path("trackingCode").asString("").equals(shipment.tracking()))
                .filter(it -> it.path("method").asString("").equals(shipment.carrier()))
                .findFirst();
    }

    /** What has left of these orders as the shop shows it. */
    static Set<Tracked> shown(JsonNode orders) {
        var shown = new HashSet<Tracked>();
        for (var order : orders) {
            var key = new ShopKey(order.path("id").asString(""));
            order.path("fulfillments")
                    .valueStream()
                    .filter(it -> !isCancelled(it) && !isPending(it))
                    .map(it ->
                            new Tracked(
                                    key,
                                    it.path("method").asString(""),
                                    it.path("trackingCode").asString("")))
                    .forEach(shown::add);
        }
        return shown;
    }

    private static boolean isPending(JsonNode fulfilment) {
        return fulfilment.path("state").asString("").equals("Pending");
    }

    private static boolean isCancelled(JsonNode fulfilment) {
        return fulfilment.path("state").asString("").equals("Cancelled");
    }

    private String fulfil(JsonNode order) {
        var lines = lines(order);
        var data =
                calls.ask(
                        "fulfill",
                        it -> {
                            var input = it.putArray("lines");
                            lines.forEach((id, quantity) ->
                                    input.addObject()
                                            .put("orderLineId", id)
                                            .put("quantity", quantity));
                            it.put("method", shipment.carrier());
                            it.put("tracking", shipment.tracking());
                        });
        return idOrRefused(data.path("addFulfillmentToOrder"));
    }

    private void handOver(String fulfilment) {
        var data = calls.ask("hand-over", it -> it.put("id", fulfilment));
        idOrRefused(data.path("transitionFulfillmentToState"));
    }

    private static String idOrRefused(JsonNode result) {
        return result.path("id")
                .asStringOpt()
                .orElseThrow(() -> new VendureCalls.Stopped(Trouble.REFUSED));
    }

    // One item may stand on several lines of the shop's order: what has left is laid on them in
    // their order, as far as nothing of them has left before.
    private Map<String, Long> lines(JsonNode order) {
        var gone = gone(order);
        var wanted = new LinkedHashMap<String, Long>();
        shipment.lines().forEach(it -> wanted.merge(it.sku().value(), it.quantity(), Long::sum));
        var chosen = new LinkedHashMap<String, Long>();
        for (var line : order.path("lines")) {
            String id = line.path("id").asString("");
            String sku = line.at("/productVariant/sku").asString("");
            long open = line.path("quantity").asLong() - gone.getOrDefault(id, 0L);
            long taken = Math.min(open, wanted.getOrDefault(sku, 0L));
            if (taken > 0) {
                chosen.put(id, taken);
                wanted.merge(sku, -taken, Long::sum);
            }
        }
        if (wanted.values().stream().anyMatch(it -> it > 0)) {
            throw new VendureCalls.Stopped(Trouble.REFUSED);
        }
        return chosen;
    }

    private static Map<String, Long> gone(JsonNode order) {
        var gone = new LinkedHashMap<String, Long>();
        order.path("fulfillments")
                .valueStream()
                .filter(it -> !isCancelled(it))
                .flatMap(it -> it.path("lines").valueStream())
                .forEach(it ->
                        gone.merge(
                                it.path("orderLineId").asString(""),
                                it.path("quantity").asLong(),
                                Long::sum));
        return gone;
    }
}
