package com.fluxvantage.local;

import com.fluxvantage.local.vendure.LiveShop;
import com.fluxvantage.shops.VendureShops;

import tools.jackson.databind.JsonNode;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A live shop: software of other people sells on this machine, its orders are fetched, sent, and
 * the shop is told. What is shown in the end is what the shop itself says.
 */
final class ShopSells {
    private static final String HOST = "vendure.shop.example.org";
    private static final String SKU = "LIVE-TEA";
    private static final int STOCK = 20;
    private static final List<String> BUYERS = List.of("Rosa", "Paul");
    private static final Duration UNTIL_FETCHED = Duration.ofMinutes(5);
    private static final Duration UNTIL_TOLD = Duration.ofMinutes(2);
    private static final Duration LONGEST = Duration.ofSeconds(20);

    private final Terminal terminal;
    private final LocalPlatform platform;
    private final Floor floor;

    ShopSells(Terminal terminal, LocalPlatform platform, Floor floor) {
        this.terminal = terminal;
        this.platform = platform;
        this.floor = floor;
    }

    /** Whether the shop shows each order as sent; where there can be no shop, it says why. */
    boolean play(Path root) {
        terminal.line("");
        terminal.line(terminal.bold("A live shop sells") + " (Vendure's own server, from npm).");
        try (var live = LiveShop.open(LiveShop.install(root), Map.of(SKU, STOCK))) {
            return play(live);
        } catch (LiveShop.NotHere e) {
            terminal.line("  Not shown: " + e.getMessage() + ".");
            return true;
        }
    }

    private boolean play(LiveShop live) {
        stock();
        connect(live);
        var numbers = new ArrayList<String>();
        for (var buyer : BUYERS) {
            numbers.add(live.buy(SKU, 1, buyer));
        }
        platform.later(UNTIL_FETCHED);
        var sent = new ArrayList<String>();
        for (var number : numbers) {
            sent.add(send(number));
        }
        platform.later(UNTIL_TOLD);
        boolean isRight = true;
        for (int at = 0; at < numbers.size(); at++) {
            var sale = live.sale(numbers.get(at));
            terminal.line(
                    "  Order %s was paid there and sent from here. The shop says: %s; %s."
                            .formatted(
                                    numbers.get(at),
                                    sale.state(),
                                    String.join(", ", sale.tracking())));
            isRight &=
                    sale.equals(new LiveShop.Sale("Shipped", List.of(sent.get(at) + " Shipped")));
        }
        if (!isRight) {
            terminal.line(terminal.red("  The shop does not show what was sent."));
        }
        return isRight;
    }

    private void stock() {
        var item = ApiClient.object();
        item.put("sku", SKU);
        item.put("description", "Tea that a live shop sells");
        floor.staff().manager().post("register-item", "/items", "item-" + SKU, item);
        var found = ApiClient.object();
        found.put("warehouse_id", floor.warehouse());
        found.put("location", floor.plan().bins().getFirst().code());
        found.put("sku", SKU);
        found.put("status", "AVAILABLE");
        found.put("delta", STOCK);
        found.put("reason", "FOUND");
        floor.staff().manager().post("adjust-stock", "/stock/adjust", "found-" + SKU, found);
    }

    private void connect(LiveShop live) {
        platform.shops().open(HOST, VendureShops.onThisMachine(Map.of(HOST, live.port()), LONGEST));
        var body = ApiClient.object();
        body.put("kind", "VENDURE");
        body.put("name", "A live shop");
        body.put("warehouse_id", floor.warehouse());
        body.put("url", "https://" + HOST + "/admin-api");
        body.put("credential", live.apiKey());
        floor.staff().administrator().post("connect-shop", "/shops", "live-shop-" + HOST, body);
    }

    private String send(String number) {
        var found =
                floor.staff()
                        .packer()
                        .get("search-orders", "/orders?reference=" + number)
                        .at("/items/0");
        String id = found.path("order_id").asString();
        var none = ApiClient.object();
        floor.staff()
                .manager()
                .post("allocate-order", "/orders/" + id + "/allocate", "live-take-" + id, none);
        for (JsonNode task : floor.picks(id).path("items")) {
            floor.confirm(task);
        }
        floor.staff()
                .packer()
                .post(
                        "pack-carton",
                        "/orders/" + id + "/cartons",
                        "live-pack-" + id,
                        Requests.pack(floor.order(id)));
        String tracking = "LIVE-" + number;
        var body = ApiClient.object();
        body.put("carrier", "Roadrunner Parcels");
        body.put("tracking", tracking);
        floor.staff()
                .packer()
                .post("dispatch-shipment", "/orders/" + id + "/dispatch", "live-go-" + id, body);
        return tracking;
    }
}
