package com.fluxvantage.local;

import com.fluxvantage.local.DayPlan.Arrival;
import com.fluxvantage.local.DayPlan.Asn;
import com.fluxvantage.local.foodmart.Order;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The first order, slowly, as a person can follow it: what is asked, what is answered, and the
 * stock of its first item before and after. Whoever receives it is not shown.
 */
final class FirstOrder {
    private static final int LONGEST = 150;

    private final Terminal terminal;
    private final Floor floor;
    private final Optional<ShopSends> system;
    private final Order order;
    private final String sku;

    /**
     * Of the plan of {@code floor}.
     *
     * @param system the shop's own, which sends the order signed; without one, it is typed in
     */
    FirstOrder(Terminal terminal, Floor floor, Optional<ShopSends> system) {
        this.terminal = terminal;
        this.floor = floor;
        this.system = system;
        this.order = floor.plan().orders().getFirst();
        this.sku = order.lines().getFirst().sku();
    }

    void play() {
        terminal.line("");
        terminal.line(
                terminal.bold("One order, slowly")
                        + " (%s of the %s, %d lines; stock is shown of its first item, %s)"
                                .formatted(
                                        order.reference(),
                                        floor.name(),
                                        order.lines().size(),
                                        sku));
        goodsComeIn();
        String id = system.map(this::sent).orElseGet(this::typedIn);
        stock();
        step(
                "Stock is promised to it",
                "POST /v1/orders/{order_id}/allocate",
                ApiClient.object(),
                floor.allocate(order, id));
        stock();
        pick(id);
        var shown = floor.order(id);
        while (shown.path("state").asString().equals("PICKED")) {
            step(
                    "The packer packs a carton",
                    "POST /v1/orders/{order_id}/cartons",
                    Requests.pack(shown),
                    floor.pack(order, id, shown));
            shown = floor.order(id);
        }
        if (shown.path("state").asString().equals("PACKED")) {
            step(
                    "The truck leaves",
                    "POST /v1/orders/{order_id}/dispatch",
                    Requests.dispatch(order),
                    floor.dispatch(order, id));
            shown = floor.order(id);
        }
        stock();
        floor.tally().lines.addAndGet(order.lines().size());
        floor.count(order, shown);
    }

    private String sent(ShopSends from) {
        var answer = from.send(order);
        var placed = Requests.placed(order);
        placed.set("data", masked((ObjectNode) placed.path("data")));
        step(
                "The shop's own system sends the order, signed",
                "POST /v1/channels/{connection_id}/deliveries",
                placed,
                answer);
        terminal.line("  and it becomes order " + from.orderId());
        return from.orderId();
    }

    private String typedIn() {
        var accepted = floor.accept(order);
        step(
                "The shop sends the order",
                "POST /v1/orders",
                masked(Requests.accept(order, floor.warehouse())),
                accepted);
        return accepted.path("order_id").asString();
    }

    private void goodsComeIn() {
        var wanted = order.lines().stream().map(it -> it.sku()).collect(Collectors.toSet());
        boolean isTold = false;
        for (Asn asn : floor.plan().asns()) {
            for (Arrival arrival : asn.arrivals()) {
                if (!wanted.contains(arrival.sku())) {
                    continue;
                }
                var received = floor.receive(asn, arrival);
                String bin = floor.putAway(asn, arrival, received);
                if (arrival.sku().equals(sku) && !isTold) {
                    isTold = true;
                    step(
                            "The receiver counts in what the truck brought",
                            "POST /v1/receipts/{receipt_id}/receive",
                            Requests.receive(arrival),
                            received);
                    terminal.line("  and carries it to bin " + bin);
                }
            }
        }
        stock();
    }

    private void pick(String id) {
        int picked = 0;
        var page = floor.picks(id).path("items");
        while (!page.isEmpty()) {
            for (JsonNode task : page) {
                var confirmed = floor.confirm(task);
                if (picked++ == 0) {
                    step(
                            "The picker takes it from the bin",
                            "POST /v1/picks/{pick_id}/confirm",
                            Requests.pick(task),
                            confirmed);
                }
            }
            page = floor.picks(id).path("items");
        }
        if (picked > 1) {
            terminal.line("  and %d more picks in walk order".formatted(picked - 1));
        }
    }

    private void step(String what, String call, ObjectNode body, JsonNode answer) {
        terminal.line("");
        terminal.line("  " + terminal.bold(what));
        terminal.line("  " + terminal.dim("-> ") + call + " " + shortened(body));
        terminal.line("  " + terminal.dim("<- ") + shortened(answer));
    }

    private void stock() {
        for (JsonNode total : floor.stock(sku).path("totals")) {
            terminal.line(
                    "  "
                            + terminal.green(
                                    "stock: on hand %d, reserved %d, available %d"
                                            .formatted(
                                                    total.path("on_hand").asLong(),
                                                    total.path("reserved").asLong(),
                                                    total.path("available").asLong())));
        }
    }

    private static ObjectNode masked(ObjectNode body) {
        var copy = body.deepCopy();
        copy.putObject("recipient").put("name", "***");
        return copy;
    }

    private static String shortened(JsonNode json) {
        String text = json.toString();
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
    }
}
