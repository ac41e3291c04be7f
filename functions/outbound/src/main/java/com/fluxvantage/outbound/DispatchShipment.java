package com.fluxvantage.outbound;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Outcome.refused;
import static com.fluxvantage.kernel.operation.Permission.ORDERS_DISPATCH;

import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.InvalidValue;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.stock.Bucket;
import com.fluxvantage.kernel.stock.BucketId;
import com.fluxvantage.kernel.stock.Leg;
import com.fluxvantage.kernel.stock.LpnId;
import com.fluxvantage.kernel.stock.Posting;
import com.fluxvantage.kernel.stock.ReservationId;
import com.fluxvantage.kernel.stock.StockAnswer;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Hands all cartons of a packed order to a carrier: the goods leave the warehouse and the promises
 * are kept. What was short stays unallocated on its line. Carrier and tracking number are typed in,
 * or are those of the labels that were bought for all its cartons: the first carton's stand for the
 * shipment. A tracking number stands once for each carrier. From this moment the time runs after
 * which the recipient is forgotten.
 */
final class DispatchShipment {
    static final Operation<Request, Result> OPERATION =
            Operation.post("dispatch-shipment", "/orders/{order_id}/dispatch")
                    .summary("Hands all cartons of a packed order to a carrier.")
                    .requires(ORDERS_DISPATCH)
                    .announces(OrderShipped.class)
                    .refuses(NotFound.class)
                    .refuses(OutboundRefusal.OrderNotPacked.class)
                    .refuses(OutboundRefusal.CartonsWithoutLabel.class)
                    .refuses(OutboundRefusal.TrackingTaken.class)
                    .refuses(OutboundRefusal.StockChanged.class)
                    .handledBy(
                            Request.class, Result.class, Request.EXAMPLE, DispatchShipment::handle);

    /** Carrier and tracking are both there, or neither is. */
    record Request(OrderId orderId, Optional<Carrier> carrier, Optional<TrackingNumber> tracking) {
        static final Request EXAMPLE =
                new Request(
                        new OrderId(new UUID(0, 1)),
                        Optional.of(new Carrier("Postal Service")),
                        Optional.of(new TrackingNumber("EX123456785GB")));

        Request {
            if (carrier.isPresent() != tracking.isPresent()) {
                throw new InvalidValue(
                        tracking.isPresent() ? "carrier" : "tracking",
                        "required",
                        "Carrier and tracking number belong together.");
            }
        }
    }

    /** By whom it goes, and under which number. */
    private record Way(Carrier carrier, TrackingNumber tracking) {}

    record Result(
            ShipmentId shipmentId,
            OrderState orderState,
            int cartons,
            Quantity units,
            long version) {}

    private record Packed(ReservationId reservationId, BucketId bucketId, Quantity quantity) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var found = OrderHeader.lock(request.orderId, call);
        if (found.isEmpty()) {
            return missing("order", "orderId");
        }
        var order = found.get();
        if (order.state() != OrderState.PACKED) {
            var progress = OrderProgress.of(request.orderId, call);
            return refused(
                    new OutboundRefusal.OrderNotPacked(
                            order.state(), progress.toPick(), progress.toPack()));
        }
        lockLines(request.orderId, call);
        var cartons = lockCartons(request.orderId, call);
        var labels = request.carrier.isPresent() ? List.<Way>of() : labels(cartons, call);
        if (request.carrier.isEmpty() && labels.size() < cartons.size()) {
            return refused(new OutboundRefusal.CartonsWithoutLabel(cartons.size() - labels.size()));
        }
        var way =
                request.carrier
                        .map(it -> new Way(it, request.tracking.orElseThrow()))
                        .orElseGet(labels::getFirst);
        var shipment = new ShipmentId(Uuid7.next());
        if (!save(shipment, request.orderId, way, call)) {
            return refused(new OutboundRefusal.TrackingTaken());
        }
        var packed = packed(cartons, call);
        var units = packed.stream().map(Packed::quantity).reduce(Quantity.NONE, Quantity::plus);
        saveLines(request.orderId, call);
        saveCartons(cartons, shipment, call);
        startRetention(request.orderId, call);
        long version = order.save(OrderState.SHIPPED, call);
        call.announce(new OrderShipped(request.orderId, version, shipment, cartons.size(), units));
        var legs =
                packed.stream()
                        .map(it ->
                                Leg.outOf(
                                        new Bucket.Known(it.bucketId),
                                        it.quantity,
                                        it.reservationId))
                        .toList();
        var posting =
                Posting.against(
                        Posting.Counterpart.CUSTOMER,
                        Posting.Kind.SHIP,
                        call.now(),
                        request.orderId,
                        legs);
        return switch (call.post(posting)) {
            case StockAnswer.Changed _ ->
                    done(
                            new Result(
                                    shipment, OrderState.SHIPPED, cartons.size(), units, version),
                            Subject.of(request.orderId));
            case StockAnswer.Unchanged changed -> {
                if (call.maySearchAgain()) {
                    throw call.searchAgain();
                }
                yield refused(OutboundRefusal.StockChanged.by(changed));
            }
        };
    }

    private static boolean save(ShipmentId shipment, OrderId order, Way way, Call call) {
        return call.sql()
                        .createUpdate(
                                """
                                insert into wms.shipment (
                                    shipment_id, order_id, carrier, tracking, dispatched_at, dispatched_by)
                                values (:shipment, :order, :carrier, :tracking, :now, :actor)
                                    on conflict do nothing
                                """)
                        .bind("shipment", shipment)
                        .bind("order", order)
                        .bind("carrier", way.carrier)
                        .bind("tracking", way.tracking)
                        .bind("now", call.now())
                        .bind("actor", call.actor().reference())
                        .execute()
                == 1;
    }

    private static void lockLines(OrderId order, Call call) {
        call.sql()
                .createQuery(
                        """
                        select order_line_id
                          from wms.outbound_order_line
                         where order_id = :order
                           and packed > 0
                         order by order_line_id
                           for no key update
                        """)
                .bind("order", order)
                .mapTo(OrderLineId.class)
                .list();
    }

    private static List<LpnId> lockCartons(OrderId order, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select lpn_id
                          from wms.lpn
                         where order_id = :order
                           and state = 'CLOSED'
                         order by lpn_id
                           for no key update
                        """)
                .bind("order", order)
                .mapTo(LpnId.class)
                .list();
    }

    // Against being given back: whoever does that looks afterwards whether the carton has left.
    private static List<Way> labels(List<LpnId> cartons, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select carrier, tracking
                          from wms.carrier_label
                         where carton_id = any(:cartons)
                           and state = 'BOUGHT'
                         order by carton_id
                           for share
                        """)
                .bind("cartons", uuids(cartons))
                .mapTo(Way.class)
                .list();
    }

    private static List<Packed> packed(List<LpnId> cartons, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select reservation.reservation_id, bucket.bucket_id, reservation.quantity
                          from wms.bucket
                          join wms.reservation
                            on reservation.holds = bucket.bucket_id
                         where bucket.lpn_id = any(:cartons)
                         order by reservation.reservation_id
                        """)
                .bind("cartons", uuids(cartons))
                .mapTo(Packed.class)
                .list();
    }

    private static void saveLines(OrderId order, Call call) {
        call.sql()
                .createUpdate(
                        """
                        update wms.outbound_order_line
                           set shipped = shipped + packed,
                               packed = 0,
                               version = version + 1
                         where order_id = :order
                           and packed > 0
                        """)
                .bind("order", order)
                .execute();
    }

    private static void saveCartons(List<LpnId> cartons, ShipmentId shipment, Call call) {
        call.sql()
                .createUpdate(
                        """
                        update wms.lpn
                           set state = 'SHIPPED',
                               shipment_id = :shipment,
                               version = version + 1
                         where lpn_id = any(:cartons)
                        """)
                .bind("shipment", shipment)
                .bind("cartons", uuids(cartons))
                .execute();
    }

    private static void startRetention(OrderId order, Call call) {
        call.sql()
                .createUpdate(
                        """
                        update wms.order_recipient
                           set ended_at = :now
                         where order_id = :order
                        """)
                .bind("now", call.now())
                .bind("order", order)
                .execute();
    }

    private static UUID[] uuids(List<LpnId> cartons) {
        return cartons.stream().map(LpnId::uuid).toArray(UUID[]::new);
    }
}
