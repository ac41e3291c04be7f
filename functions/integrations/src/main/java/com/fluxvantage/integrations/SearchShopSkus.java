package com.fluxvantage.integrations;

import static com.fluxvantage.kernel.operation.Outcome.found;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Permission.INTEGRATIONS_MANAGE;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Cursor;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.PageLimit;
import com.fluxvantage.kernel.operation.PageRequest;
import com.fluxvantage.kernel.stock.ItemId;
import com.fluxvantage.kernel.text.Sku;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Finds which items a connected shop means by SKUs of its own, in the order of the shop's SKUs.
 * What is not listed means the item that has the same SKU here.
 */
final class SearchShopSkus {
    static final Operation<Request, Result> OPERATION =
            Operation.get("search-shop-skus", "/connections/{connection_id}/skus")
                    .summary("Finds which items a shop means by SKUs of its own.")
                    .requires(INTEGRATIONS_MANAGE)
                    .refuses(NotFound.class)
                    .handledBy(
                            Request.class, Result.class, Request.EXAMPLE, SearchShopSkus::handle);

    record Request(ConnectionId connectionId, Optional<PageLimit> limit, Optional<Cursor> cursor) {
        static final Request EXAMPLE =
                new Request(
                        new ConnectionId(new UUID(0, 2)),
                        Optional.of(new PageLimit(20)),
                        Optional.empty());
    }

    record Result(List<Mapped> items, Optional<Cursor> nextCursor) {}

    /** {@code sku} is the item's own. */
    record Mapped(Sku shopSku, ItemId itemId, Sku sku, Instant mappedAt) {}

    private static Outcome<Result> handle(Request request, Call call) {
        if (ConnectionChange.state(request.connectionId, call).isEmpty()) {
            return missing("connection", "connectionId");
        }
        var page = call.page(request.limit, request.cursor);
        var found = page.of(mapped(request, page, call), it -> List.of(it.shopSku.value()));
        return found(new Result(found.items(), found.nextCursor()));
    }

    private static List<Mapped> mapped(Request request, PageRequest page, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select mapped.shop_sku, mapped.item_id, item.sku, mapped.mapped_at
                          from wms.shop_sku as mapped
                          join wms.item on item.item_id = mapped.item_id
                         where mapped.connection_id = :connection
                           and mapped.shop_sku > :after
                         order by mapped.shop_sku
                         limit :fetch
                        """)
                .bind("connection", request.connectionId)
                .bind("after", page.after(0, ""))
                .bind("fetch", page.fetch())
                .mapTo(Mapped.class)
                .list();
    }
}
