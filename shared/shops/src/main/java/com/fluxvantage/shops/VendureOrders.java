package com.fluxvantage.shops;

import com.fluxvantage.kernel.operation.InvalidValue;
import com.fluxvantage.kernel.outside.ShopKey;
import com.fluxvantage.kernel.outside.ShopOrder;
import com.fluxvantage.kernel.outside.Shops.Cancelled;
import com.fluxvantage.kernel.outside.Shops.From;
import com.fluxvantage.kernel.outside.Shops.Page;

import tools.jackson.databind.JsonNode;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads orders as Vendure writes them. */
final class VendureOrders {
    private static final Instant NO_DATABASE_KEEPS = Instant.parse("9999-01-01T00:00:00Z");

    private VendureOrders() {}

    static Page page(JsonNode items, From from, int most) {
        var orders = new ArrayList<ShopOrder>();
        var cancelled = new ArrayList<Cancelled>();
        var times = new ArrayList<Instant>();
        int unreadable = 0;
        for (var item : items) {
            var at = time(item);
            at.ifPresent(times::add);
            boolean isCancelled = item.path("state").asString("").equals("Cancelled");
            if (isCancelled) {
                at.flatMap(it -> cancelled(item, it)).ifPresent(cancelled::add);
                continue;
            }
            var order = at.flatMap(it -> order(item, it));
            if (order.isPresent()) {
                orders.add(order.get());
            } else {
                unreadable++;
            }
        }
        // A page of nothing readable would be asked for again and again.
        if (items.size() < most || times.isEmpty()) {
            return new Page(orders, cancelled, unreadable, Optional.empty());
        }
        var last = times.getLast();
        int same = (int) times.stream().filter(last::equals).count();
        boolean goesOn = from.updatedFrom().filter(last::equals).isPresent();
        return new Page(
                orders,
                cancelled,
                unreadable,
                Optional.of(new From(Optional.of(last), goesOn ? from.skip() + same : same)));
    }

    private static Optional<Instant> time(JsonNode item) {
        try {
            return Optional.of(Instant.parse(item.path("updatedAt").asString("")))
                    .filter(it -> it.isAfter(Instant.EPOCH) && it.isBefore(NO_DATABASE_KEEPS));
        } catch (DateTimeParseException _) {
            return Optional.empty();
        }
    }

    // What is cancelled and has no key was never an order here.
    private static Optional<Cancelled> cancelled(JsonNode item, Instant at) {
        try {
            return Optional.of(new Cancelled(new ShopKey(item.path("id").asString("")), at));
        } catch (InvalidValue _) {
            return Optional.empty();
        }
    }

    private static Optional<ShopOrder> order(JsonNode item, Instant at) {
        try {
            var lines =
                    item.path("lines")
                            .valueStream()
                            .map(it ->
                                    new ShopOrder.Line(
                                            clean(it.at("/productVariant/sku").asString("")),
                                            it.path("quantity").asLong(0)))
                            // What was taken out of an order stays in it as a line of none.
                            .filter(it -> it.quantity() != 0)
                            .toList();
            return Optional.of(
                    new ShopOrder(
                            new ShopKey(item.path("id").asString("")),
                            clean(item.path("code").asString("")),
                            at,
                            lines,
                            address(item)));
        } catch (InvalidValue _) {
            return Optional.empty();
        }
    }

    private static ShopOrder.Address address(JsonNode item) {
        var to = item.path("shippingAddress");
        var street =
                Stream.of("streetLine1", "streetLine2")
                        .map(it -> text(to, it).orElse(null))
                        .filter(Objects::nonNull)
                        .reduce((one, two) -> one + ", " + two);
        return new ShopOrder.Address(
                text(to, "fullName"),
                text(to, "company"),
                street,
                text(to, "city"),
                text(to, "province"),
                text(to, "postalCode"),
                text(to, "countryCode"),
                text(to, "phoneNumber"),
                text(item.path("customer"), "emailAddress"));
    }

    private static Optional<String> text(JsonNode of, String field) {
        return Optional.of(clean(of.path(field).asString("")).strip()).filter(it -> !it.isEmpty());
    }

    // Neither halves of signs nor NUL, which no database keeps.
    private static String clean(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8)
                .replace("\0", "");
    }
}
