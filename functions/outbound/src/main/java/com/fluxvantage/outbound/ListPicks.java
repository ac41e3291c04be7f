package com.fluxvantage.outbound;

import static com.fluxvantage.kernel.operation.Outcome.found;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Permission.ORDERS_READ;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Cursor;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.PageLimit;
import com.fluxvantage.kernel.operation.PageRequest;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.stock.BucketId;
import com.fluxvantage.kernel.stock.LocationId;
import com.fluxvantage.kernel.stock.ReservationId;
import com.fluxvantage.kernel.stock.WarehouseId;
import com.fluxvantage.kernel.text.Code;
import com.fluxvantage.kernel.text.LotCode;
import com.fluxvantage.kernel.text.Sku;

import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The picks that wait in a warehouse, in the order in which one walks past them; of one order if it
 * is named. A pick is a promise of goods that are still in their place, so its id is the
 * reservation's.
 */
final class ListPicks {
    static final Operation<Request, Result> OPERATION =
            Operation.get("list-picks", "/picks")
                    .summary("Lists the goods that wait to be picked, in the order of the walk.")
                    .requires(ORDERS_READ)
                    .refuses(NotFound.class)
                    .handledBy(Request.class, Result.class, Request.EXAMPLE, ListPicks::handle);

    private static final UUID BEFORE_ALL = new UUID(0, 0);

    // Along an index that is in the order of the walk, and no further than the page goes: each
    // bucket that promises has a promise at least, but of the first one all may have been listed.
    private static final String PROMISES_ALONG_THE_WALK =
            """
              from (select stock.bucket_id,
                           stock.location_id,
                           stock.lot_id,
                           stock.expires_on,
                           stock.pick_seq
                      from wms.bucket as stock
                     where stock.warehouse_id = :warehouse
                       and stock.lpn_id is null
                       and stock.reserved > 0
                       and (stock.pick_seq, stock.location_id, stock.bucket_id)
                           >= (:after_seq, :after_location, :after_bucket)
                       and (select place.kind <> 'STAGE'
                              from wms.location as place
                             where place.location_id = stock.location_id)
                     order by stock.pick_seq, stock.location_id, stock.bucket_id
                     limit :fetch + 1) as bucket
             cross join lateral (
                   select reservation_id, demand_id, quantity
                     from wms.reservation
                    where holds = bucket.bucket_id
                   offset 0) as promise
            """;

    private static final String PROMISES_OF_ORDER =
            """
              from (select order_line_id
                      from wms.outbound_order_line
                     where order_id = :order) as wanted
             cross join lateral (
                   select reservation_id, demand_id, holds, quantity
                     from wms.reservation
                    where demand_id = wanted.order_line_id
                      and holds is not null
                   offset 0) as promise
             cross join lateral (
                   select bucket_id, location_id, lot_id, expires_on, pick_seq
                     from wms.bucket as stock
                    where stock.bucket_id = promise.holds
                      and stock.warehouse_id = :warehouse
                      and stock.lpn_id is null
                    limit 1) as bucket
            """;

    record Request(
            WarehouseId warehouseId,
            Optional<OrderId> orderId,
            Optional<PageLimit> limit,
            Optional<Cursor> cursor) {
        static final Request EXAMPLE =
                new Request(
                        new WarehouseId(new UUID(0, 1)),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty());
    }

    record Result(List<Pick> items, Optional<Cursor> nextCursor) {}

    record Pick(
            ReservationId pickId,
            OrderId orderId,
            OrderLineId orderLineId,
            Sku sku,
            Code location,
            Optional<LotCode> lot,
            Optional<LocalDate> expiresOn,
            Quantity quantity) {}

    private record Row(
            ReservationId pickId,
            OrderId orderId,
            OrderLineId orderLineId,
            Sku sku,
            Code location,
            Optional<LotCode> lot,
            Optional<LocalDate> expiresOn,
            Quantity quantity,
            int pickSeq,
            LocationId locationId,
            BucketId bucketId) {
        Pick pick() {
            return new Pick(pickId, orderId, orderLineId, sku, location, lot, expiresOn, quantity);
        }

        List<String> sortKey() {
            return List.of(
                    Integer.toString(pickSeq),
                    locationId.uuid().toString(),
                    bucketId.uuid().toString(),
                    pickId.uuid().toString());
        }
    }

    private static Outcome<Result> handle(Request request, Call call) {
        var absent = absent(request, call);
        if (absent.isPresent()) {
            return absent.get();
        }
        var page = call.page(request.limit, request.cursor);
        var picks = page.of(picks(request, page, call), Row::sortKey).map(Row::pick);
        return found(new Result(picks.items(), picks.nextCursor()));
    }

    private static Optional<Outcome<Result>> absent(Request request, Call call) {
        if (!isThere(
                "select exists (select from wms.warehouse where warehouse_id = :id)",
                request.warehouseId.uuid(),
                call)) {
            return Optional.of(missing("warehouse", "warehouseId"));
        }
        boolean isOrderThere =
                request.orderId
                        .map(it ->
                                isThere(
                                        "select exists (select from wms.outbound_order where"
                                                + " order_id = :id)",
                                        it.uuid(),
                                        call))
                        .orElse(true);
        return isOrderThere ? Optional.empty() : Optional.of(missing("order", "orderId"));
    }

    private static boolean isThere(String question, UUID id, Call call) {
        return call.sql().createQuery(question).bind("id", id).mapTo(Boolean.class).one();
    }

    // What stands at the stage or in a carton stays promised, but is no pick any more. Two places
    // of one rank in the walk are told apart by their ids, so that a place's picks stay together.
    // Each table is looked up row by row: joined plainly, they are multiplied by a planner that
    // has no statistics yet.
    private static List<Row> picks(Request request, PageRequest page, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select promise.reservation_id as pick_id,
                               line.order_id,
                               promise.demand_id as order_line_id,
                               (select item.sku
                                  from wms.item
                                 where item.item_id = line.item_id) as sku,
                               location.code as location,
                               (select lot.code
                                  from wms.lot
                                 where lot.lot_id = bucket.lot_id) as lot,
                               bucket.expires_on,
                               promise.quantity,
                               bucket.pick_seq,
                               bucket.location_id,
                               bucket.bucket_id
                        """
                                + (request.orderId.isPresent()
                                        ? PROMISES_OF_ORDER
                                        : PROMISES_ALONG_THE_WALK)
                                + """
                                 cross join lateral (
                                       select place.code
                                         from wms.location as place
                                        where place.location_id = bucket.location_id
                                          and place.kind <> 'STAGE'
                                        limit 1) as location
                                 cross join lateral (
                                       select asked.order_id, asked.item_id
                                         from wms.outbound_order_line as asked
                                        where asked.order_line_id = promise.demand_id
                                        limit 1) as line
                                 where (bucket.pick_seq, bucket.location_id, bucket.bucket_id, promise.reservation_id)
                                       > (:after_seq, :after_location, :after_bucket, :after_pick)
                                 order by bucket.pick_seq,
                                       bucket.location_id,
                                       bucket.bucket_id,
                                       promise.reservation_id
                                 limit :fetch
                                """)
                .bind("warehouse", request.warehouseId)
                .bind("order", request.orderId.map(OrderId::uuid))
                .bind(
                        "after_seq",
                        Integer.parseInt(page.after(0, Integer.toString(Integer.MIN_VALUE))))
                .bind("after_location", UUID.fromString(page.after(1, BEFORE_ALL.toString())))
                .bind("after_bucket", UUID.fromString(page.after(2, BEFORE_ALL.toString())))
                .bind("after_pick", UUID.fromString(page.after(3, BEFORE_ALL.toString())))
                .bind("fetch", page.fetch())
                .mapTo(Row.class)
                .list();
    }
}
