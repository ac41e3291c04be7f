package com.fluxvantage.runtime;

import com.fluxvantage.kernel.outside.ShopAccess;
import com.fluxvantage.kernel.outside.ShopShipment;
import com.fluxvantage.kernel.outside.Shops;
import com.fluxvantage.kernel.text.Sku;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The shops that this process knows, each by its host; nothing leaves the machine unless whoever
 * opened one there leads to it. A host without a shop is a name that nobody knows. Thread-safe.
 */
public final class LocalShops implements Shops {
    private final Map<String, Shops> shops = new ConcurrentHashMap<>();

    /** From now on this host is that shop. */
    public void open(String host, Shops shop) {
        shops.put(host, shop);
    }

    /** From now on nobody knows the host. */
    public void close(String host) {
        shops.remove(host);
    }

    @Override
    public Reply<Standing> check(ShopAccess shop) {
        return at(shop, there -> there.check(shop));
    }

    @Override
    public Reply<Page> orders(ShopAccess shop, From from, int most) {
        return at(shop, there -> there.orders(shop, from, most));
    }

    @Override
    public Reply<Told> ship(ShopAccess shop, ShopShipment shipment) {
        return at(shop, there -> there.ship(shop, shipment));
    }

    @Override
    public Reply<List<Tracked>> unshown(ShopAccess shop, List<Tracked> shipments) {
        return at(shop, there -> there.unshown(shop, shipments));
    }

    @Override
    public Reply<List<Level>> levels(ShopAccess shop, List<Sku> skus) {
        return at(shop, there -> there.levels(shop, skus));
    }

    @Override
    public Reply<List<Sku>> setOnHand(ShopAccess shop, List<OnHand> levels) {
        return at(shop, there -> there.setOnHand(shop, levels));
    }

    private <T> Reply<T> at(ShopAccess shop, Function<Shops, Reply<T>> call) {
        var there = shops.get(shop.url().uri().getHost().toLowerCase(Locale.ROOT));
        return there == null ? Reply.failed(Trouble.UNKNOWN_NAME) : call.apply(there);
    }
}
