package com.fluxvantage.runtime;

import com.fluxvantage.kernel.outside.Secret;
import com.fluxvantage.kernel.outside.ShopAccess;
import com.fluxvantage.kernel.outside.ShopKey;
import com.fluxvantage.kernel.outside.ShopOrder;
import com.fluxvantage.kernel.outside.ShopShipment;
import com.fluxvantage.kernel.outside.Shops;
import com.fluxvantage.kernel.text.Sku;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * One shop in memory, as strict as a real one: it wants its credential, knows its items, sells what
 * it believes to have, and lets nothing leave twice. Its clock is its own and need not be ours. A
 * test may come between a call and its answer. Thread-safe.
 */
public final class LocalShop implements Shops {
    /** Between the caller and the shop; may call the shop, or not, and answer something else. */
    @FunctionalInterface
    public interface Between {
        <T> Reply<T> call(String what, Supplier<Reply<T>> shop);
    }

    /** A shipment as the shop has heard of it. */
    public record Heard(ShopKey order, String carrier, String tracking, Map<String, Long> lines) {
        public Heard {
            lines = Map.copyOf(lines);
        }
    }

    private static final Between NOTHING =
            new Between() {
                @Override
                public <T> Reply<T> call(String what, Supplier<Reply<T>> shop) {
                    return shop.get();
                }
            };

    private record Stock(long onHand, long promised) {}

    private static final class Placed {
        private ShopOrder order;
        private final Map<String, Long> unsent = new LinkedHashMap<>();
        private boolean isCancelled;

        Placed(ShopOrder order) {
            this.order = order;
        }

        boolean isUntouched() {
            return unsent.values().stream().mapToLong(it -> it).sum()
                    == order.lines().stream().mapToLong(ShopOrder.Line::quantity).sum();
        }
    }

    private final Map<String, Stock> stock = new LinkedHashMap<>();
    private final Map<String, Placed> orders = new LinkedHashMap<>();
    private final List<Heard> heard = new ArrayList<>();
    private final List<String> calls = new ArrayList<>();
    private Secret credential;
    private Optional<ShopKey> location = Optional.empty();
    private Between between = NOTHING;
    private Instant now = Instant.parse("2026-03-01T09:00:00Z");
    private int unreadable;

    public LocalShop(String credential) {
        this.credential = secret(credential);
    }

    private static Secret secret(String text) {
        return Secret.of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** From now on this is the credential, and what was one is none. */
    public synchronized void credential(String next) {
        credential = secret(next);
    }

    /** The one stock location that it has; without one it asks for none. */
    public synchronized void location(ShopKey only) {
        location = Optional.of(only);
    }

    public synchronized void between(Between next) {
        between = next;
    }

    public synchronized void item(String sku, long onHand) {
        stock.put(sku, new Stock(onHand, 0));
    }

    /** Its own clock, which only goes on when it is told to. */
    public synchronized void later(Duration time) {
        now = now.plus(time);
    }

    /** Of the next page, so many records are no orders. */
    public synchronized void unreadable(int records) {
        unreadable = records;
    }

    /** Somebody buys and pays. */
    public synchronized ShopKey sell(
            String number, List<ShopOrder.Line> lines, ShopOrder.Address to) {
        for (var line : lines) {
            var level = Objects.requireNonNull(stock.get(line.sku()), "sold what it does not have");
            if (level.onHand - level.promised < line.quantity()) {
                throw new IllegalStateException("sold more than there is");
            }
            stock.put(line.sku(), new Stock(level.onHand, level.promised + line.quantity()));
        }
        var id = new ShopKey(String.valueOf(orders.size() + 1));
        var placed = new Placed(new ShopOrder(id, number, now, lines, to));
        lines.forEach(it -> placed.unsent.merge(it.sku(), it.quantity(), Long::sum));
        orders.put(id.value(), placed);
        return id;
    }

    /** The buyer mends the address; the order has changed. */
    public synchronized void readdress(ShopKey order, ShopOrder.Address to) {
        var placed = Objects.requireNonNull(orders.get(order.value()));
        placed.order =
                new ShopOrder(
                        placed.order.id(), placed.order.number(), now, placed.order.lines(), to);
    }

    /** The buyer wants it no more: what was not sent of it is for sale again. */
    public synchronized void cancel(ShopKey order) {
        var placed = Objects.requireNonNull(orders.get(order.value()));
        placed.isCancelled = true;
        placed.unsent.forEach((sku, units) -> {
            var level = Objects.requireNonNull(stock.get(sku));
            stock.put(sku, new Stock(level.onHand, level.promised - units));
        });
        placed.unsent.clear();
        readdress(order, placed.order.address());
    }

    /** Somebody there takes the shipment of this number back: it has not left. */
    public synchronized void takeBack(String tracking) {
        for (var one : heard.stream().filter(it -> it.tracking.equals(tracking)).toList()) {
            heard.remove(one);
            var placed = Objects.requireNonNull(orders.get(one.order.value()));
            one.lines.forEach((sku, units) -> {
                placed.unsent.merge(sku, units, Long::sum);
                var level = Objects.requireNonNull(stock.get(sku));
                stock.put(sku, new Stock(level.onHand + units, level.promised + units));
            });
        }
    }

    public synchronized List<Heard> heard() {
        return List.copyOf(heard);
    }

    /** What was asked of it, by the names of the calls. */
    public synchronized List<String> calls() {
        return List.copyOf(calls);
    }

    public synchronized long onHand(String sku) {
        return Objects.requireNonNull(stock.get(sku)).onHand;
    }

    @Override
    public Reply<Standing> check(ShopAccess shop) {
        return asked("check", shop, () -> Reply.answered(new Standing(isLocation(shop))));
    }

    @Override
    public Reply<Page> orders(ShopAccess shop, From from, int most) {
        return asked("orders", shop, () -> Reply.answered(page(from, most)));
    }

    @Override
    public Reply<Told> ship(ShopAccess shop, ShopShipment shipment) {
        return asked("ship", shop, () -> shipped(shipment));
    }

    @Override
    public Reply<List<Tracked>> unshown(ShopAccess shop, List<Tracked> shipments) {
        return asked(
                "unshown",
                shop,
                () ->
                        Reply.answered(
                                shipments.stream()
                                        .filter(it -> heard.stream().noneMatch(one -> is(one, it)))
                                        .toList()));
    }

    private static boolean is(Heard heard, Tracked shipment) {
        return heard.order.equals(shipment.order())
                && heard.tracking.equals(shipment.tracking())
                && heard.carrier.equals(shipment.carrier());
    }

    @Override
    public Reply<List<Level>> levels(ShopAccess shop, List<Sku> skus) {
        return asked(
                "levels",
                shop,
                () ->
                        Reply.answered(
                                skus.stream()
                                        .filter(it -> stock.containsKey(it.value()))
                                        .map(this::level)
                                        .toList()));
    }

    @Override
    public Reply<List<Sku>> setOnHand(ShopAccess shop, List<OnHand> levels) {
        return asked("set-on-hand", shop, () -> Reply.answered(set(levels)));
    }

    private <T> Reply<T> asked(String what, ShopAccess shop, Supplier<Reply<T>> answer) {
        Between way;
        synchronized (this) {
            calls.add(what);
            way = between;
        }
        return way.call(what, () -> answered(what, shop, answer));
    }

    private synchronized <T> Reply<T> answered(
            String what, ShopAccess shop, Supplier<Reply<T>> answer) {
        if (!shop.credential().equals(credential)) {
            return Reply.failed(Trouble.CREDENTIAL_REFUSED);
        }
        return isLocation(shop) || what.equals("check")
                ? answer.get()
                : Reply.failed(Trouble.NOT_UNDERSTOOD);
    }

    private boolean isLocation(ShopAccess shop) {
        return shop.location().isEmpty() || shop.location().equals(location);
    }

    private Page page(From from, int most) {
        if (most < 1 || most > MOST_ORDERS) {
            throw new IllegalArgumentException("a page has 1 to " + MOST_ORDERS + " orders");
        }
        var later =
                orders.values().stream()
                        .filter(it -> it.isCancelled || it.isUntouched())
                        .filter(it ->
                                !it.order
                                        .updatedAt()
                                        .isBefore(from.updatedFrom().orElse(Instant.MIN)))
                        .sorted(
                                Comparator.comparing((Placed it) -> it.order.updatedAt())
                                        .thenComparing(it -> it.order.id().value()))
                        .skip(from.skip())
                        .limit(most + 1L)
                        .toList();
        int bad = unreadable;
        unreadable = 0;
        if (later.size() <= most) {
            return page(later, bad, Optional.empty());
        }
        var page = later.subList(0, most);
        return page(page, bad, Optional.of(after(page, from)));
    }

    private static Page page(List<Placed> placed, int unreadable, Optional<From> next) {
        return new Page(
                placed.stream().filter(it -> !it.isCancelled).map(it -> it.order).toList(),
                placed.stream()
                        .filter(it -> it.isCancelled)
                        .map(it -> new Cancelled(it.order.id(), it.order.updatedAt()))
                        .toList(),
                unreadable,
                next);
    }

    private static From after(List<Placed> page, From from) {
        var last = page.getLast().order.updatedAt();
        int same = (int) page.stream().filter(it -> it.order.updatedAt().equals(last)).count();
        return new From(
                Optional.of(last),
                from.updatedFrom().filter(last::equals).isPresent() ? from.skip() + same : same);
    }

    private Reply<Told> shipped(ShopShipment shipment) {
        var placed = orders.get(shipment.order().value());
        if (placed == null || placed.isCancelled) {
            return Reply.failed(Trouble.REFUSED);
        }
        var told = new Tracked(shipment.order(), shipment.carrier(), shipment.tracking());
        if (heard.stream().anyMatch(it -> is(it, told))) {
            return Reply.answered(Told.BEFORE);
        }
        var lines = new LinkedHashMap<String, Long>();
        shipment.lines().forEach(it -> lines.merge(it.sku().value(), it.quantity(), Long::sum));
        for (var line : lines.entrySet()) {
            if (placed.unsent.getOrDefault(line.getKey(), 0L) < line.getValue()) {
                return Reply.failed(Trouble.REFUSED);
            }
        }
        lines.forEach((sku, quantity) -> {
            placed.unsent.merge(sku, -quantity, Long::sum);
            var level = Objects.requireNonNull(stock.get(sku));
            stock.put(sku, new Stock(level.onHand - quantity, level.promised - quantity));
        });
        heard.add(new Heard(shipment.order(), shipment.carrier(), shipment.tracking(), lines));
        return Reply.answered(Told.NOW);
    }

    private Level level(Sku sku) {
        var level = Objects.requireNonNull(stock.get(sku.value()));
        return new Level(sku, level.onHand, level.promised);
    }

    private List<Sku> set(List<OnHand> levels) {
        var unknown = new ArrayList<Sku>();
        for (var level : levels) {
            var known = stock.get(level.sku().value());
            if (known == null) {
                unknown.add(level.sku());
            } else {
                stock.put(level.sku().value(), new Stock(level.onHand(), known.promised));
            }
        }
        return List.copyOf(unknown);
    }
}
