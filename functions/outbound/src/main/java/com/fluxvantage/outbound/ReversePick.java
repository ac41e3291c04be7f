package com.fluxvantage.outbound;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Outcome.refused;
import static com.fluxvantage.kernel.operation.Permission.ORDERS_PICK;

import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.stock.Bucket;
import com.fluxvantage.kernel.stock.BucketVersion;
import com.fluxvantage.kernel.stock.LastScan;
import com.fluxvantage.kernel.stock.LastScan.Moved;
import com.fluxvantage.kernel.stock.Leg;
import com.fluxvantage.kernel.stock.Posting;
import com.fluxvantage.kernel.stock.PostingId;
import com.fluxvantage.kernel.stock.ReservationId;
import com.fluxvantage.kernel.stock.StockAnswer;

import java.util.List;
import java.util.UUID;

/**
 * Takes back the caller's own last scan of a pick: the goods lie in their place again, and are
 * promised there to the same line, as a pick of their own with a new id. Only while all of them are
 * at the stage and in no carton, and only once. The order goes back to PICKING, or to ALLOCATED
 * when nothing is picked any more. Quantities are in the item's unit.
 */
final class ReversePick {
    static final Operation<Request, Result> OPERATION =
            Operation.post("reverse-pick", "/picks/{pick_id}/reverse")
                    .summary("Takes back the caller's own last scan of a pick.")
                    .requires(ORDERS_PICK)
                    .announces(PickingAdvanced.class)
                    .refuses(NotFound.class)
                    .refuses(OutboundRefusal.NothingToReverse.class)
                    .refuses(OutboundRefusal.AlreadyReversed.class)
                    .refuses(OutboundRefusal.ScanBuiltOn.class)
                    .refuses(OutboundRefusal.StockChanged.class)
                    .handledBy(Request.class, Result.class, Request.EXAMPLE, ReversePick::handle);

    record Request(ReservationId pickId) {
        static final Request EXAMPLE = new Request(new ReservationId(new UUID(0, 1)));
    }

    /**
     * {@code pickId} is the pick by which the goods are taken again, {@code reversed} the posting
     * of the scan; {@code picked} and {@code stillToPick} are the whole line's.
     */
    record Result(
            OrderId orderId,
            OrderLineId lineId,
            ReservationId pickId,
            PostingId reversed,
            Quantity picked,
            Quantity stillToPick,
            OrderState orderState,
            List<BucketVersion> stock) {}

    private record Line(Quantity picked, Quantity allocated) {}

    private static Outcome<Result> handle(Request request, Call call) {
        // With the order locked nobody picks or packs for it: what is found at the stage stays.
        var order = OrderHeader.lockOf(request.pickId, call);
        if (order.isEmpty()) {
            return missing("pick", "pickId");
        }
        var scan = LastScan.of(request.pickId, call);
        if (scan.isEmpty()) {
            return refused(new OutboundRefusal.NothingToReverse());
        }
        var moved = scan.get().moved(call);
        var bin = moved.stream().filter(it -> it.units() < 0).findFirst().orElseThrow();
        var stage = moved.stream().filter(it -> it.units() > 0).findFirst().orElseThrow();
        var line = new OrderLineId(stage.lineId().orElseThrow());
        var pick = new ReservationId(Uuid7.next());
        var posting =
                posting(order.get(), line, bin, stage, pick, call).reversing(scan.get().posting());
        if (!scan.get().reverse(posting.id(), call)) {
            return refused(new OutboundRefusal.AlreadyReversed(scan.get().posting()));
        }
        var atStage = left(stage.reservationId().orElseThrow(), call);
        if (stage.quantity().exceeds(atStage)) {
            return refused(new OutboundRefusal.ScanBuiltOn(atStage));
        }
        return putBack(order.get(), line, stage.quantity(), pick, posting, call);
    }

    private static Outcome<Result> putBack(
            OrderHeader order,
            OrderLineId line,
            Quantity quantity,
            ReservationId pick,
            Posting posting,
            Call call) {
        var counts = saveLine(line, quantity, call);
        var state = OrderProgress.of(order.orderId(), call).state();
        if (state != order.state()) {
            call.announce(new PickingAdvanced(order.orderId(), order.save(state, call), state));
        }
        return switch (call.post(posting)) {
            case StockAnswer.Changed(var stock) ->
                    done(
                            new Result(
                                    order.orderId(),
                                    line,
                                    pick,
                                    posting.reverses().orElseThrow(),
                                    counts.picked,
                                    counts.allocated,
                                    state,
                                    stock),
                            Subject.of(order.orderId()));
            case StockAnswer.Unchanged changed -> {
                if (call.maySearchAgain()) {
                    throw call.searchAgain();
                }
                yield refused(OutboundRefusal.StockChanged.by(changed));
            }
        };
    }

    private static Posting posting(
            OrderHeader order,
            OrderLineId line,
            Moved bin,
            Moved stage,
            ReservationId pick,
            Call call) {
        return Posting.within(
                Posting.Kind.PICK,
                call.now(),
                order.orderId(),
                List.of(
                        Leg.outOf(
                                new Bucket.Known(stage.bucketId()),
                                stage.quantity(),
                                stage.reservationId().orElseThrow()),
                        Leg.inFor(bin.bucket(), bin.quantity(), pick, line.demand())));
    }

    // Packing uses up the promise that the scan made at the stage.
    private static Quantity left(ReservationId promise, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select quantity
                          from wms.reservation
                         where reservation_id = :promise
                           and state = 'ACTIVE'
                        """)
                .bind("promise", promise)
                .mapTo(Quantity.class)
                .findOne()
                .orElse(Quantity.NONE);
    }

    private static Line saveLine(OrderLineId line, Quantity returned, Call call) {
        return call.sql()
                .createQuery(
                        """
                        update wms.outbound_order_line
                           set allocated = allocated + :returned,
                               picked = picked - :returned,
                               version = version + 1
                         where order_line_id = :line
                        returning picked + packed + shipped as picked, allocated
                        """)
                .bind("returned", returned)
                .bind("line", line)
                .mapTo(Line.class)
                .one();
    }
}
