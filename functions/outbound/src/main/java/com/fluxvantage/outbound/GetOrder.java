package com.fluxvantage.outbound;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Permission.ORDERS_READ;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.operation.Versioned;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.stock.LpnId;
import com.fluxvantage.kernel.stock.WarehouseId;
import com.fluxvantage.kernel.text.Code;
import com.fluxvantage.kernel.text.LotCode;
import com.fluxvantage.kernel.text.Reference;
import com.fluxvantage.kernel.text.Sku;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Shows how far an order has come, line by line: at every moment what was ordered is the sum of the
 * other six quantities. The recipient is not among it; reading who that is leaves an audit entry,
 * and is another operation.
 */
final class GetOrder {
    static final Operation<Request, Result> OPERATION =
            Operation.get("get-order", "/orders/{order_id}")
                    .summary("Shows how far an order has come, without its recipient.")
                    .requires(ORDERS_READ)
                    .refuses(NotFound.class)
                    .handledBy(Request.class, Result.class, Request.EXAMPLE, GetOrder::handle);

    record Request(OrderId orderId) {
        static final Request EXAMPLE = new Request(new OrderId(new UUID(0, 1)));
    }

    record Result(
            OrderId orderId,
            WarehouseId warehouseId,
            Reference reference,
            OrderState state,
            Optional<CancelReason> cancelReason,
            long version,
            Optional<LocalDate> shipBy,
            List<Line> lines,
            List<ToPack> toPack,
            List<Carton> cartons,
            List<Shipment> shipments)
            implements Versioned {}

    record Line(
            OrderLineId lineId,
            int lineNo,
            Sku sku,
            Quantity ordered,
            Quantity unallocated,
            Quantity allocated,
            Quantity picked,
            Quantity packed,
            Quantity shipped,
            Quantity cancelled) {}

    /** Goods that were picked and wait at the stage: the packer's list. */
    record ToPack(Sku sku, Optional<LotCode> lot, Quantity quantity) {}

    record Carton(LpnId cartonId, Code label, String state) {}

    record Shipment(
            ShipmentId shipmentId,
            Carrier carrier,
            TrackingNumber tracking,
            Instant dispatchedAt) {}

    private record Head(
            WarehouseId warehouseId,
            Reference reference,
            OrderState state,
            Optional<CancelReason> cancelReason,
            long version,
            Optional<LocalDate> shipBy) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var order = request.orderId;
        var found = head(order, call);
        if (found.isEmpty()) {
            return missing("order", "orderId");
        }
        var head = found.get();
        return done(
                new Result(
                        order,
                        head.warehouseId,
                        head.reference,
                        head.state,
                        head.cancelReason,
                        head.version,
                        head.shipBy,
                        lines(order, call),
                        toPack(order, call),
                        cartons(order, call),
                        shipments(order, call)),
                Subject.of(order));
    }

    private static Optional<Head> head(OrderId order, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select warehouse_id, reference, state, cancel_reason, version, ship_by
                          from wms.outbound_order
                         where order_id = :order
                        """)
                .bind("order", order)
                .mapTo(Head.class)
                .findOne();
    }

    private static List<Line> lines(OrderId order, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select line.order_line_id as line_id,
                               line.line_no,
                               item.sku,
                               line.ordered,
                               line.unallocated,
                               line.allocated,
                               line.picked,
                               line.packed,
                               line.shipped,
                               line.cancelled
                          from wms.outbound_order_line as line
                          join wms.item
                            on item.item_id = line.item_id
                         where line.order_id = :order
                         order by line.line_no
                        """)
                .bind("order", order)
                .mapTo(Line.class)
                .list();
    }

    // Row by row: joined plainly, the tables are multiplied by a planner that has no
    // statistics yet.
    private static List<ToPack> toPack(OrderId order, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select item.sku,
                               (select lot.code
                                  from wms.lot
                                 where lot.lot_id = bucket.lot_id) as lot,
                               cast(sum(promise.quantity) as bigint) as quantity
                          from wms.outbound_order_line as line
                          join wms.item
                            on item.item_id = line.item_id
                         cross join lateral (
                               select reservation.holds, reservation.quantity
                                 from wms.reservation
                                where reservation.demand_id = line.order_line_id
                                  and reservation.holds is not null
                               offset 0) as promise
                         cross join lateral (
                               select stock.location_id, stock.lot_id
                                 from wms.bucket as stock
                                where stock.bucket_id = promise.holds
                                  and stock.lpn_id is null
                                limit 1) as bucket
                         where line.order_id = :order
                           and line.picked > 0
                           and (select location.kind
                                  from wms.location
                                 where location.location_id = bucket.location_id) = 'STAGE'
                         group by item.sku, bucket.lot_id
                         order by item.sku, lot
                        """)
                .bind("order", order)
                .mapTo(ToPack.class)
                .list();
    }

    private static List<Carton> cartons(OrderId order, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select lpn_id as carton_id, code as label, state
                          from wms.lpn
                         where order_id = :order
                           and type = 'CARTON'
                         order by lpn_id
                        """)
                .bind("order", order)
                .mapTo(Carton.class)
                .list();
    }

    private static List<Shipment> shipments(OrderId order, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select shipment_id, carrier, tracking, dispatched_at
                          from wms.shipment
                         where order_id = :order
                         order by shipment_id
                        """)
                .bind("order", order)
                .mapTo(Shipment.class)
                .list();
    }
}
