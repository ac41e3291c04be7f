package com.fluxvantage.inventory;

import static com.fluxvantage.kernel.operation.Outcome.found;
import static com.fluxvantage.kernel.operation.Permission.STOCK_READ;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Cursor;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.PageLimit;
import com.fluxvantage.kernel.operation.PageRequest;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.stock.BucketId;
import com.fluxvantage.kernel.stock.ItemId;
import com.fluxvantage.kernel.stock.LocationId;
import com.fluxvantage.kernel.stock.StockStatus;
import com.fluxvantage.kernel.stock.WarehouseId;
import com.fluxvantage.kernel.text.Code;
import com.fluxvantage.kernel.text.LotCode;
import com.fluxvantage.kernel.text.Sku;

import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Finds the stock of a warehouse, bucket by bucket, sorted by SKU, location and bucket, with the
 * sums of the items on the page over the whole warehouse. An item that is asked for by SKU has its
 * sums even when nothing of it is there. Quantities are in the item's unit. A filter that names
 * nothing, or another tenant's warehouse, finds nothing; neither are empty buckets found, which a
 * sweep takes away.
 */
final class SearchStock {
    static final Operation<Request, Result> OPERATION =
            Operation.get("search-stock", "/stock")
                    .summary("Finds the stock of a warehouse, with the sums of each item.")
                    .requires(STOCK_READ)
                    .handledBy(Request.class, Result.class, Request.EXAMPLE, SearchStock::handle);

    record Request(
            WarehouseId warehouseId,
            Optional<Sku> sku,
            Optional<Code> location,
            Optional<PageLimit> limit,
            Optional<Cursor> cursor) {
        static final Request EXAMPLE =
                new Request(
                        new WarehouseId(new UUID(0, 1)),
                        Optional.of(new Sku("TEA-EARL-GREY-50")),
                        Optional.of(new Code("A-01-1")),
                        Optional.of(new PageLimit(20)),
                        Optional.empty());
    }

    record Result(List<Stock> items, List<Total> totals, Optional<Cursor> nextCursor) {}

    /**
     * @param available what of it may be promised to an order that leaves today
     */
    record Stock(
            BucketId bucketId,
            ItemId itemId,
            Sku sku,
            LocationId locationId,
            Code location,
            Optional<LotCode> lot,
            Optional<LocalDate> expiresOn,
            StockStatus status,
            Optional<Code> lpn,
            Quantity onHand,
            Quantity reserved,
            Quantity available,
            long version) {}

    /**
     * An item in the whole warehouse, whatever the page and the place.
     *
     * @param atp available to promise: what is available less what orders still wait for, so below
     *     zero when more was sold than is there. An order that is picked leaves with what it has.
     * @param incoming what is announced and not counted in yet
     */
    record Total(
            ItemId itemId,
            Sku sku,
            long onHand,
            long reserved,
            long available,
            long atp,
            long incoming) {}

    // Good goods in a place that orders are served from, fresh enough to leave today. Look-ups and
    // not joins: a tenant may have a thousand times the rows of the usual one, and a plan that was
    // made for the usual one would join all of its places.
    private static final String MAY_BE_PROMISED =
            """
            bucket.status = 'AVAILABLE'
            and (select location.pickable and not location.locked
                   from wms.location
                  where location.location_id = bucket.location_id)
            and not coalesce((select lot.on_hold
                                from wms.lot
                               where lot.lot_id = bucket.lot_id), false)
            and coalesce(bucket.expires_on - item.min_shelf_life_days >= (
                           select cast(cast(:now as timestamptz) at time zone warehouse.time_zone as date)
                             from wms.warehouse
                            where warehouse.warehouse_id = :warehouse), true)
            """;

    private static Outcome<Result> handle(Request request, Call call) {
        var page = call.page(request.limit, request.cursor);
        var stock =
                page.of(
                        stock(request, page, call),
                        it ->
                                List.of(
                                        it.sku.value(),
                                        it.location.value(),
                                        it.bucketId.uuid().toString()));
        var totals = totals(request, stock.items(), call);
        return found(new Result(stock.items(), totals, stock.nextCursor()));
    }

    // The place of a bucket is a look-up with a limit for the same reason as above. `item.sku >=
    // :after_sku` says nothing new, but it is what the index on the SKU can start from.
    private static List<Stock> stock(Request request, PageRequest page, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select bucket.bucket_id,
                               item.item_id,
                               item.sku,
                               location.location_id,
                               location.code as location,
                               (select lot.code
                                  from wms.lot
                                 where lot.lot_id = bucket.lot_id) as lot,
                               bucket.expires_on,
                               bucket.status,
                               (select lpn.code
                                  from wms.lpn
                                 where lpn.lpn_id = bucket.lpn_id) as lpn,
                               bucket.on_hand,
                               bucket.reserved,
                               case when %s
                                    then bucket.on_hand - bucket.reserved
                                    else 0 end as available,
                               bucket.version
                          from wms.item
                          join wms.bucket on bucket.item_id = item.item_id
                         cross join lateral (
                               select location_id, code
                                 from wms.location
                                where location.location_id = bucket.location_id
                                limit 1) as location
                         where bucket.warehouse_id = :warehouse
                           and bucket.on_hand > 0
                           and (cast(:sku as text) is null or item.sku = :sku)
                           and (cast(:location as text) is null
                                or bucket.location_id = (select there.location_id
                                                           from wms.location as there
                                                          where there.warehouse_id = :warehouse
                                                            and there.code = :location))
                           and item.sku >= :after_sku
                           and (item.sku, location.code, bucket.bucket_id) > (:after_sku, :after_location, :after_bucket)
                         order by item.sku, location.code, bucket.bucket_id
                         limit :fetch
                        """
                                .formatted(MAY_BE_PROMISED))
                .bind("now", call.now())
                .bind("warehouse", request.warehouseId)
                .bind("sku", request.sku)
                .bind("location", request.location)
                .bind("after_sku", page.after(0, ""))
                .bind("after_location", page.after(1, ""))
                .bind("after_bucket", UUID.fromString(page.after(2, new UUID(0, 0).toString())))
                .bind("fetch", page.fetch())
                .mapTo(Stock.class)
                .list();
    }

    private static List<Total> totals(Request request, List<Stock> page, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select item.item_id,
                               item.sku,
                               there.on_hand,
                               there.reserved,
                               there.available,
                               there.available - promised.units as atp,
                               incoming.units as incoming
                          from (select unnest(:items) as item_id
                                 union
                                select item_id
                                  from wms.item
                                 where sku = cast(:sku as text)) as wanted
                         cross join lateral (
                               select item_id, sku, min_shelf_life_days
                                 from wms.item
                                where item.item_id = wanted.item_id
                                limit 1) as item
                         cross join lateral (
                               select cast(coalesce(sum(bucket.on_hand), 0) as bigint) as on_hand,
                                      cast(coalesce(sum(bucket.reserved), 0) as bigint) as reserved,
                                      cast(coalesce(sum(bucket.on_hand - bucket.reserved)
                                               filter (where %s),
                                               0) as bigint) as available
                                 from wms.bucket
                                where bucket.warehouse_id = :warehouse
                                  and bucket.item_id = item.item_id) as there
                         cross join lateral (
                               select cast(coalesce(sum(line.unallocated), 0) as bigint) as units
                                 from wms.outbound_order_line as line
                                where line.item_id = item.item_id
                                  and line.unallocated > 0
                                  and (select waiting.warehouse_id = :warehouse
                                          and waiting.state in ('ACCEPTED', 'ALLOCATED', 'PICKING')
                                         from wms.outbound_order as waiting
                                        where waiting.order_id = line.order_id)) as promised
                         cross join lateral (
                               select cast(coalesce(sum(
                                               line.expected - line.received_good - line.received_damaged),
                                               0) as bigint) as units
                                 from wms.asn_line as line
                                where line.item_id = item.item_id
                                  and line.state in ('OPEN', 'PARTIAL')
                                  and (select asn.warehouse_id = :warehouse
                                          and asn.state in ('EXPECTED', 'ARRIVED', 'RECEIVING')
                                         from wms.asn
                                        where asn.asn_id = line.asn_id)) as incoming
                         order by item.sku
                        """
                                .formatted(MAY_BE_PROMISED))
                .bind("now", call.now())
                .bind("warehouse", request.warehouseId)
                .bind(
                        "items",
                        page.stream().map(it -> it.itemId.uuid()).distinct().toArray(UUID[]::new))
                .bind("sku", request.sku)
                .mapTo(Total.class)
                .list();
    }
}
