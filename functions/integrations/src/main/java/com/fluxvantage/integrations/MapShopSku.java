package com.fluxvantage.integrations;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Outcome.refused;
import static com.fluxvantage.kernel.operation.Permission.INTEGRATIONS_MANAGE;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.stock.ItemId;
import com.fluxvantage.kernel.text.Sku;

import java.util.List;
import java.util.UUID;

/**
 * Says which item a connected shop means by an SKU of its own. Orders that were held for want of it
 * are made at once, as many as {@link #MOST_AT_ONCE}; the others within the hour. The shop is told
 * of the item's stock under this SKU within a minute or two. What is already an order stays as it
 * is. Said again with another item, the newest counts.
 */
final class MapShopSku {
    static final Operation<Request, Result> OPERATION =
            Operation.post("map-shop-sku", "/connections/{connection_id}/skus")
                    .summary("Says which item a shop means by an SKU of its own.")
                    .requires(INTEGRATIONS_MANAGE)
                    .announces(ChannelDelivered.class)
                    .refuses(NotFound.class)
                    .refuses(ConnectionRefusal.ConnectionNotInThisState.class)
                    .handledBy(Request.class, Result.class, Request.EXAMPLE, MapShopSku::handle);

    /** Deliveries that are tried anew in this transaction. */
    static final int MOST_AT_ONCE = 100;

    /**
     * @param shopSku as the shop writes it
     * @param sku the item's own
     */
    record Request(ConnectionId connectionId, Sku shopSku, Sku sku) {
        static final Request EXAMPLE =
                new Request(
                        new ConnectionId(new UUID(0, 2)),
                        new Sku("Earl Grey, 50 bags"),
                        new Sku("TEA-EARL-GREY-50"));
    }

    /** {@code retried} deliveries were held for want of it and are made orders now. */
    record Result(ConnectionId connectionId, Sku shopSku, ItemId itemId, int retried) {}

    private record Waiting(DeliveryId deliveryId, long version) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var state = ConnectionChange.state(request.connectionId, call);
        if (state.isEmpty()) {
            return missing("connection", "connectionId");
        }
        if (state.get() == ConnectionState.ENDED) {
            return refused(new ConnectionRefusal.ConnectionNotInThisState(state.get().name()));
        }
        var item = ShopSkus.item(request.sku, call);
        if (item.isEmpty()) {
            return missing("item", "sku");
        }
        ShopSkus.forget(request.connectionId, request.shopSku, call);
        save(request, item.get(), call);
        ShopSkus.tell(request.connectionId, item.get(), request.shopSku, call);
        ShopSkus.forget(request.connectionId, request.shopSku, call);
        var waiting = again(request, call);
        waiting.forEach(it ->
                call.announce(
                        new ChannelDelivered(it.deliveryId, it.version, request.connectionId)));
        return done(
                new Result(request.connectionId, request.shopSku, item.get(), waiting.size()),
                Subject.of(request.connectionId));
    }

    private static void save(Request request, ItemId item, Call call) {
        call.sql()
                .createUpdate(
                        """
                        insert into wms.shop_sku (connection_id, shop_sku, item_id, mapped_at, mapped_by)
                        values (:connection, :shop_sku, :item, :now, :actor)
                            on conflict on constraint shop_sku_pkey
                               do update set item_id = excluded.item_id,
                                             mapped_at = excluded.mapped_at,
                                             mapped_by = excluded.mapped_by
                        """)
                .bind("connection", request.connectionId)
                .bind("shop_sku", request.shopSku)
                .bind("item", item)
                .bind("now", call.now())
                .bind("actor", call.actor().reference())
                .execute();
    }

    // Whether all else that it lacks is there shows when the order is made.
    private static List<Waiting> again(Request request, Call call) {
        return call.sql()
                .createQuery(
                        """
                        update wms.channel_delivery
                           set state = 'RECEIVED',
                               problem = null,
                               pointer = null,
                               tried_at = :now,
                               tries = 0,
                               version = version + 1
                         where delivery_id in (
                                   select held.delivery_id
                                     from wms.channel_delivery as held
                                    where held.connection_id = :connection
                                      and held.state = 'HELD'
                                      and held.problem = 'UNKNOWN_SKU'
                                      and held.body::jsonb @> jsonb_build_object(
                                              'data', jsonb_build_object(
                                                  'lines', jsonb_build_array(
                                                      jsonb_build_object('sku', cast(:shop_sku as text)))))
                                    order by held.delivery_id
                                    limit :most)
                        returning delivery_id, version
                        """)
                .bind("now", call.now())
                .bind("connection", request.connectionId)
                .bind("shop_sku", request.shopSku)
                .bind("most", MOST_AT_ONCE)
                .mapTo(Waiting.class)
                .list();
    }
}
