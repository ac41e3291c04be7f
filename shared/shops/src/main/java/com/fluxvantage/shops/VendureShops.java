package com.fluxvantage.shops;

import com.fluxvantage.kernel.operation.InvalidValue;
import com.fluxvantage.kernel.outside.ShopAccess;
import com.fluxvantage.kernel.outside.ShopShipment;
import com.fluxvantage.kernel.outside.Shops;
import com.fluxvantage.kernel.text.Sku;
import com.fluxvantage.webhooks.Strangers;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Shops that run Vendure (3.6 or later), by its Admin API. An order is taken when its payment is
 * settled; it is read by the time of its last change, from which on nothing is passed over: the
 * filter is an exclusive one, and times are told to the millisecond and kept finer.
 */
public final class VendureShops implements Shops {
    private static final String AGENT = "FluxVantage-Shops/1";
    private static final Duration A_TICK = Duration.ofMillis(1);

    private final Strangers strangers;
    private final Duration longest;

    /** To the public internet, and nowhere else. */
    public VendureShops() {
        this(Strangers.onTheInternet(AGENT), LONGEST);
    }

    private VendureShops(Strangers strangers, Duration longest) {
        this.strangers = strangers;
        this.longest = longest;
    }

    /**
     * For programs and tests beside a shop on this machine: these names mean a port of its own,
     * without TLS, and no other name means anything.
     */
    public static VendureShops onThisMachine(Map<String, Integer> ports, Duration longest) {
        return new VendureShops(Strangers.onThisMachine(AGENT, ports), longest);
    }

    private <T> Reply<T> called(ShopAccess shop, Function<VendureCalls, T> call) {
        try {
            return Reply.answered(call.apply(new VendureCalls(strangers, shop, longest)));
        } catch (VendureCalls.Stopped stopped) {
            return stopped.reply();
        } catch (JacksonException | InvalidValue _) {
            return Reply.failed(Trouble.NOT_UNDERSTOOD);
        }
    }

    @Override
    public Reply<Standing> check(ShopAccess shop) {
        return called(
                shop,
                calls -> {
                    var data = calls.ask("check", _ -> {});
                    // Where keys are not switched on at the shop, the header is passed over.
                    if (data.path("me").path("id").isMissingNode()) {
                        throw new VendureCalls.Stopped(Trouble.CREDENTIAL_REFUSED);
                    }
                    var there =
                            data.at("/stockLocations/items")
                                    .valueStream()
                                    .map(it -> it.path("id").asString())
                                    .toList();
                    return new Standing(
                            shop.location().map(it -> there.contains(it.value())).orElse(true));
                });
    }

    @Override
    public Reply<Page> orders(ShopAccess shop, From from, int most) {
        if (most < 1 || most > MOST_ORDERS) {
            throw new IllegalArgumentException("a page has 1 to " + MOST_ORDERS + " orders");
        }
        return called(
                shop,
                calls -> {
                    var data =
                            calls.ask(
                                    "orders",
                                    it -> {
                                        var begin = from.updatedFrom().orElse(Instant.EPOCH);
                                        it.put("after", begin.minus(A_TICK).toString());
                                        it.put("skip", from.skip());
                                        it.put("take", most);
                                    });
                    return VendureOrders.page(data.at("/orders/items"), from, most);
                });
    }

    @Override
    public Reply<Told> ship(ShopAccess shop, ShopShipment shipment) {
        return called(shop, calls -> new VendureShipment(calls, shipment).tell());
    }

    @Override
    public Reply<List<Tracked>> unshown(ShopAccess shop, List<Tracked> shipments) {
        if (shipments.isEmpty() || shipments.size() > MOST_ORDERS) {
            throw new IllegalArgumentException("1 to " + MOST_ORDERS + " shipments at once");
        }
        return called(
                shop,
                calls -> {
                    var data =
                            calls.ask(
                                    "shown",
                                    it -> {
                                        var ids = it.putArray("ids");
                                        shipments.stream()
                                                .map(one -> one.order().value())
                                                .distinct()
                                                .forEach(ids::add);
                                        it.put("take", MOST_ORDERS);
                                    });
                    var shown = VendureShipment.shown(data.at("/orders/items"));
                    return shipments.stream().filter(it -> !shown.contains(it)).toList();
                });
    }

    /** An item of the shop, and what it has of it where it was asked. */
    private record Variant(String id, Level level) {}

    @Override
    public Reply<List<Level>> levels(ShopAccess shop, List<Sku> skus) {
        return called(
                shop,
                calls ->
                        variants(calls, shop, skus).values().stream().map(Variant::level).toList());
    }

    @Override
    public Reply<List<Sku>> setOnHand(ShopAccess shop, List<OnHand> levels) {
        return called(
                shop,
                calls -> {
                    var known = variants(calls, shop, levels.stream().map(OnHand::sku).toList());
                    var unknown = new ArrayList<Sku>();
                    var wanted = new HashMap<String, Long>();
                    for (var level : levels) {
                        var variant = known.get(level.sku());
                        if (variant == null) {
                            unknown.add(level.sku());
                        } else {
                            wanted.put(variant.id, level.onHand());
                        }
                    }
                    if (!wanted.isEmpty()) {
                        set(calls, shop, wanted);
                    }
                    return List.copyOf(unknown);
                });
    }

    private static void set(VendureCalls calls, ShopAccess shop, Map<String, Long> wanted) {
        calls.ask(
                "set-levels",
                variables -> {
                    var input = variables.putArray("input");
                    wanted.forEach((id, onHand) -> {
                        var one = input.addObject().put("id", id);
                        if (shop.location().isPresent()) {
                            one.putArray("stockLevels")
                                    .addObject()
                                    .put("stockLocationId", shop.location().get().value())
                                    .put("stockOnHand", onHand);
                        } else {
                            one.put("stockOnHand", onHand);
                        }
                    });
                });
    }

    // Of two items of one SKU, which Vendure does not forbid, the first.
    private static Map<Sku, Variant> variants(VendureCalls calls, ShopAccess shop, List<Sku> skus) {
        if (skus.isEmpty() || skus.size() > MOST_LEVELS) {
            throw new IllegalArgumentException("1 to " + MOST_LEVELS + " items at once");
        }
        var data =
                calls.ask(
                        "levels",
                        it -> {
                            var named = it.putArray("skus");
                            skus.forEach(sku -> named.add(sku.value()));
                            it.put("take", MOST_LEVELS);
                        });
        return data.at("/productVariants/items")
                .valueStream()
                .map(it -> variant(it, shop))
                .collect(Collectors.toMap(it -> it.level.sku(), it -> it, (one, _) -> one));
    }

    private static Variant variant(JsonNode item, ShopAccess shop) {
        long onHand = 0;
        long promised = 0;
        for (var level : item.path("stockLevels")) {
            var at = Optional.of(level.path("stockLocationId").asString());
            if (shop.location().isEmpty() || at.equals(shop.location().map(it -> it.value()))) {
                onHand += level.path("stockOnHand").asLong();
                promised += level.path("stockAllocated").asLong();
            }
        }
        return new Variant(
                item.path("id").asString(),
                new Level(new Sku(item.path("sku").asString()), onHand, promised));
    }
}
