package com.fluxvantage.integrations;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Permission.INTEGRATIONS_MANAGE;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.stock.ItemId;
import com.fluxvantage.kernel.text.Sku;

import java.util.Optional;
import java.util.UUID;

/**
 * Says how many units of each item, or of one, are not offered in a shop: what a count may be wrong
 * by, what another channel may sell in the same minute. One item's own buffer takes the place of
 * the shop's. The shop is told within a minute or two. Quantities are in the item's unit.
 */
final class SetStockBuffer {
    static final Operation<Request, Result> OPERATION =
            Operation.post("set-stock-buffer", "/connections/{connection_id}/stock-buffer")
                    .summary("Says how many units are not offered in a shop.")
                    .requires(INTEGRATIONS_MANAGE)
                    .refuses(NotFound.class)
                    .handledBy(
                            Request.class, Result.class, Request.EXAMPLE, SetStockBuffer::handle);

    /**
     * @param sku the item; absent, all that have no buffer of their own
     * @param buffer absent, the item has none of its own any more, and the shop has none
     */
    record Request(ConnectionId connectionId, Optional<Sku> sku, Optional<Quantity> buffer) {
        static final Request EXAMPLE =
                new Request(
                        new ConnectionId(new UUID(0, 2)),
                        Optional.of(new Sku("TEA-EARL-GREY-50")),
                        Optional.of(Quantity.of(2)));
    }

    /** {@code buffer} as it is now. */
    record Result(ConnectionId connectionId, Optional<Quantity> buffer) {}

    private static Outcome<Result> handle(Request request, Call call) {
        if (CalledShop.named(request.connectionId, call).isEmpty()) {
            return missing("connection", "connectionId");
        }
        ShopSkus.open(request.connectionId, call);
        if (request.sku.isEmpty()) {
            ofShop(request, call);
        } else {
            var item = ShopSkus.item(request.sku.get(), call);
            if (item.isEmpty()) {
                return missing("item", "sku");
            }
            ofItem(request, item.get(), call);
        }
        return done(
                new Result(request.connectionId, request.buffer), Subject.of(request.connectionId));
    }

    private static void ofShop(Request request, Call call) {
        call.sql()
                .createUpdate(
                        """
                        update wms.shop_connection
                           set buffer = :buffer
                         where connection_id = :connection
                        """)
                .bind("buffer", request.buffer.orElse(Quantity.NONE))
                .bind("connection", request.connectionId)
                .execute();
        call.sql()
                .createUpdate(
                        """
                        update wms.channel_stock
                           set dirty_at = clock_timestamp()
                         where connection_id = :connection
                           and buffer is null
                           and problem is null
                        """)
                .bind("connection", request.connectionId)
                .execute();
    }

    private static void ofItem(Request request, ItemId item, Call call) {
        call.sql()
                .createUpdate(
                        """
                        insert into wms.channel_stock (connection_id, item_id, buffer, dirty_at)
                        values (:connection, :item, :buffer, clock_timestamp())
                            on conflict on constraint channel_stock_pkey
                               do update set buffer = excluded.buffer,
                                             dirty_at = excluded.dirty_at
                        """)
                .bind("connection", request.connectionId)
                .bind("item", item)
                .bind("buffer", request.buffer)
                .execute();
        call.sql()
                .createUpdate(
                        """
                        update wms.channel_stock
                           set dirty_at = clock_timestamp()
                         where connection_id = :connection
                           and item_id = :item
                           and shop_sku <> ''
                           and problem is null
                        """)
                .bind("connection", request.connectionId)
                .bind("item", item)
                .execute();
    }
}
