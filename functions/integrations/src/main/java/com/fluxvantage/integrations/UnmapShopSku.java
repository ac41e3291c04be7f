package com.fluxvantage.integrations;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Permission.INTEGRATIONS_MANAGE;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.text.Sku;

import java.util.UUID;

/**
 * Takes back which item a shop means by an SKU of its own. From then on it means the item that has
 * it here, if there is one; else an order for it is held, and the shop is told nothing of it any
 * more: what it shows there is the shop's own to change.
 */
final class UnmapShopSku {
    static final Operation<Request, Result> OPERATION =
            Operation.post("unmap-shop-sku", "/connections/{connection_id}/skus/unmap")
                    .summary("Takes back which item a shop means by an SKU of its own.")
                    .requires(INTEGRATIONS_MANAGE)
                    .refuses(NotFound.class)
                    .handledBy(Request.class, Result.class, Request.EXAMPLE, UnmapShopSku::handle);

    record Request(ConnectionId connectionId, Sku shopSku) {
        static final Request EXAMPLE =
                new Request(new ConnectionId(new UUID(0, 2)), new Sku("Earl Grey, 50 bags"));
    }

    record Result(ConnectionId connectionId, Sku shopSku) {}

    private static Outcome<Result> handle(Request request, Call call) {
        if (ConnectionChange.state(request.connectionId, call).isEmpty()) {
            return missing("connection", "connectionId");
        }
        ShopSkus.forget(request.connectionId, request.shopSku, call);
        if (!isUnmapped(request, call)) {
            return missing("mapping", "shopSku");
        }
        return done(
                new Result(request.connectionId, request.shopSku),
                Subject.of(request.connectionId));
    }

    private static boolean isUnmapped(Request request, Call call) {
        return call.sql()
                        .createUpdate(
                                """
                                update wms.shop_sku
                                   set item_id = null,
                                       mapped_at = :now,
                                       mapped_by = :actor
                                 where connection_id = :connection
                                   and shop_sku = :shop_sku
                                   and item_id is not null
                                """)
                        .bind("now", call.now())
                        .bind("actor", call.actor().reference())
                        .bind("connection", request.connectionId)
                        .bind("shop_sku", request.shopSku)
                        .execute()
                == 1;
    }
}
