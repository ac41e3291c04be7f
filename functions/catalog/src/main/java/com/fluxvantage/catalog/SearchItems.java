package com.fluxvantage.catalog;

import static com.fluxvantage.kernel.operation.Outcome.found;
import static com.fluxvantage.kernel.operation.Permission.CATALOG_READ;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Cursor;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.PageLimit;
import com.fluxvantage.kernel.operation.PageRequest;
import com.fluxvantage.kernel.stock.ItemId;
import com.fluxvantage.kernel.text.Gtin;
import com.fluxvantage.kernel.text.Name;
import com.fluxvantage.kernel.text.Sku;

import java.util.List;
import java.util.Optional;

/** Finds items by the start of their SKU or by the GTIN that a scanner read, sorted by SKU. */
final class SearchItems {
    static final Operation<Request, Result> OPERATION =
            Operation.get("search-items", "/items")
                    .summary("Finds items of the catalogue.")
                    .requires(CATALOG_READ)
                    .handledBy(Request.class, Result.class, Request.EXAMPLE, SearchItems::handle);

    record Request(
            Optional<Sku> skuPrefix,
            Optional<Gtin> gtin,
            Optional<PageLimit> limit,
            Optional<Cursor> cursor) {
        static final Request EXAMPLE =
                new Request(
                        Optional.of(new Sku("TEA-")),
                        Optional.empty(),
                        Optional.of(new PageLimit(20)),
                        Optional.empty());
    }

    record Result(List<Item> items, Optional<Cursor> nextCursor) {}

    record Item(
            ItemId itemId,
            Sku sku,
            Optional<Gtin> gtin,
            Name description,
            Unit unit,
            boolean lotControlled,
            Rotation rotation,
            String state,
            long version) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var page = call.page(request.limit, request.cursor);
        var items = page.of(items(request, page, call), item -> List.of(item.sku.value()));
        return found(new Result(items.items(), items.nextCursor()));
    }

    // A prefix is a range of the index, in the order of bytes that the column has. LIKE could not
    // use it behind a row policy, nor did ^@ narrow the range that is read.
    private static List<Item> items(Request request, PageRequest page, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select item_id, sku, gtin, description, unit, lot_controlled, rotation, state, version
                          from wms.item
                         where sku > :after
                           and sku >= :sku_prefix
                           and sku < :sku_prefix || chr(1114111)
                           and (cast(:gtin as text) is null or gtin = :gtin)
                         order by sku
                         limit :fetch
                        """)
                .bind("sku_prefix", request.skuPrefix.map(Sku::value).orElse(""))
                .bind("gtin", request.gtin)
                .bind("after", page.after(0, ""))
                .bind("fetch", page.fetch())
                .mapTo(Item.class)
                .list();
    }
}
