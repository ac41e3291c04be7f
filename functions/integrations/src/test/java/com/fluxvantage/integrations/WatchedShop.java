package com.fluxvantage.integrations;

import com.fluxvantage.kernel.outside.ShopAccess;
import com.fluxvantage.kernel.outside.ShopShipment;
import com.fluxvantage.kernel.outside.Shops;
import com.fluxvantage.kernel.text.Sku;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** A shop behind a glass: what it is told of stock is seen, and a test may come in between. */
final class WatchedShop implements Shops {
    /** Stands for a process that is killed: no boundary catches it. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    private final Shops shop;
    private final List<String> told = new ArrayList<>();
    private Runnable before = () -> {};
    private Runnable after = () -> {};
    private Optional<Reply<?>> instead = Optional.empty();
    private int calls;

    WatchedShop(Shops shop) {
        this.shop = shop;
    }

    /** Each number that has reached it: {@code SKU units}. */
    List<String> told() {
        return List.copyOf(told);
    }

    /** Calls of any kind. */
    int calls() {
        return calls;
    }

    void forget() {
        told.clear();
        calls = 0;
    }

    void before(Runnable action) {
        before = action;
    }

    void after(Runnable action) {
        after = action;
    }

    void dieBefore() {
        before =
                () -> {
                    throw new Killed();
                };
    }

    void dieAfter() {
        after =
                () -> {
                    throw new Killed();
                };
    }

    void live() {
        before = () -> {};
        after = () -> {};
    }

    /** So it answers whatever it is asked, and does nothing. */
    void answers(Reply<?> always) {
        instead = Optional.of(always);
    }

    void answersAgain() {
        instead = Optional.empty();
    }

    @Override
    public Reply<Standing> check(ShopAccess access) {
        return call(() -> shop.check(access));
    }

    @Override
    public Reply<Page> orders(ShopAccess access, From from, int most) {
        return shop.orders(access, from, most);
    }

    @Override
    public Reply<Told> ship(ShopAccess access, ShopShipment shipment) {
        return shop.ship(access, shipment);
    }

    @Override
    public Reply<List<Tracked>> unshown(ShopAccess access, List<Tracked> shipments) {
        return shop.unshown(access, shipments);
    }

    @Override
    public Reply<List<Level>> levels(ShopAccess access, List<Sku> skus) {
        return call(() -> shop.levels(access, skus));
    }

    @Override
    public Reply<List<Sku>> setOnHand(ShopAccess access, List<OnHand> levels) {
        return call(() -> {
            levels.forEach(it -> told.add(it.sku() + " " + it.onHand()));
            return shop.setOnHand(access, levels);
        });
    }

    @SuppressWarnings("unchecked") // a failure has nothing of the type in it
    private <T> Reply<T> call(Supplier<Reply<T>> there) {
        calls++;
        before.run();
        var reply = instead.map(it -> (Reply<T>) it).orElseGet(there);
        after.run();
        return reply;
    }
}
