package com.fluxvantage.integrations;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.outside.Shops.Reply;
import com.fluxvantage.kernel.text.Sku;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;

/** Which numbers of a shop are to be sent, under a lease, and what it has confirmed. */
final class StockLevels {
    /** How many leases were still ours, and what became of those numbers. */
    record Stored(int ours, int told, int absent, int failed) {}

    private enum Became {
        TOLD,
        ABSENT,
        FAILED
    }

    private StockLevels() {}

    /** Marks what may have changed, once a tick. Answers whether the shop may be told anything. */
    static boolean look(ConnectionId connection, Instant tick, Call call) {
        ShopSkus.open(connection, call);
        call.sql()
                .createQuery("select wms.mark_stock(:connection, :tick, :now)")
                .bind("connection", connection)
                .bind("tick", tick)
                .bind("now", call.now())
                .mapTo(Boolean.class)
                .one();
        return call.sql()
                .createQuery(
                        """
                        select shop.stopped_at is null
                               and exists (
                                   select
                                     from wms.channel_stock as stock
                                    where stock.connection_id = shop.connection_id
                                      and (stock.dirty_at is not null or stock.leased_until is not null)
                                      and coalesce(stock.leased_until < clock_timestamp(), true))
                          from wms.stock_channel as shop
                         where shop.connection_id = :connection
                        """)
                .bind("connection", connection)
                .mapTo(Boolean.class)
                .one();
    }

    static List<PushStock.Level> take(ConnectionId connection, int most, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select item_id, shop_sku, sku, units, fence
                          from wms.take_stock_to_push(:connection, :most, :now)
                        """)
                .bind("connection", connection)
                .bind("most", most)
                .bind("now", call.now())
                .mapTo(PushStock.Level.class)
                .list();
    }

    /** What was not sent is sent again as what failed. */
    static Stored store(PushStock.Batch batch, List<PushStock.Sent> sent, Call call) {
        var became = new HashMap<PushStock.Level, Became>();
        for (var some : sent) {
            if (some.reply() instanceof Reply.Answered<List<Sku>>(var unknown)) {
                var absent = new HashSet<>(unknown);
                some.levels()
                        .forEach(it ->
                                became.put(
                                        it,
                                        absent.contains(it.sku()) ? Became.ABSENT : Became.TOLD));
            }
        }
        var outcomes =
                batch.levels().stream().map(it -> became.getOrDefault(it, Became.FAILED)).toList();
        int ours =
                call.sql()
                        .createQuery(
                                "select wms.store_pushed(:connection, :items, :names, :fences, :units, :outcomes, :now)")
                        .bind("connection", batch.shop().connectionId())
                        .bind(
                                "items",
                                batch.levels().stream()
                                        .map(PushStock.Level::itemId)
                                        .toArray(UUID[]::new))
                        .bind(
                                "names",
                                batch.levels().stream()
                                        .map(PushStock.Level::shopSku)
                                        .toArray(String[]::new))
                        .bind(
                                "fences",
                                batch.levels().stream()
                                        .map(PushStock.Level::fence)
                                        .toArray(Long[]::new))
                        .bind(
                                "units",
                                batch.levels().stream()
                                        .map(PushStock.Level::units)
                                        .toArray(Long[]::new))
                        .bind(
                                "outcomes",
                                outcomes.stream().map(Became::name).toArray(String[]::new))
                        .bind("now", call.now())
                        .mapTo(Integer.class)
                        .one();
        return new Stored(
                ours,
                count(outcomes, Became.TOLD),
                count(outcomes, Became.ABSENT),
                count(outcomes, Became.FAILED));
    }

    private static int count(List<Became> outcomes, Became one) {
        return (int) outcomes.stream().filter(it -> it == one).count();
    }
}
