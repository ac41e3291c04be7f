package com.fluxvantage.outbound;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Outcome.refused;
import static com.fluxvantage.kernel.operation.Permission.ORDERS_CANCEL;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.stock.ReservationId;
import com.fluxvantage.kernel.stock.StockAnswer;

import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/**
 * Cancels an order before its first pick, whole and for good: what was promised to it is free for
 * everybody again, and none of it is waited for any more. Afterwards goods are on their way, and
 * the refusal says what is left to do. Its reference stays taken, since it stands for this order.
 * Quantities are in each item's unit.
 *
 * <p>An order is cancelled once. The same key is answered the same again; another key is somebody
 * else with perhaps another reason, so they are told that it is CANCELLED already and theirs is not
 * the one that counts. No version is asked for: what cancelling does depends on the state alone.
 */
final class CancelOrder {
    static final Operation<Request, Result> OPERATION =
            Operation.post("cancel-order", "/orders/{order_id}/cancel")
                    .summary(
                            "Cancels an order before its first pick and frees what it was"
                                    + " promised.")
                    .requires(ORDERS_CANCEL)
                    .announces(OrderCancelled.class)
                    .refuses(NotFound.class)
                    .refuses(OutboundRefusal.OrderNotCancellable.class)
                    .refuses(OutboundRefusal.StockChanged.class)
                    .handledBy(Request.class, Result.class, Request.EXAMPLE, CancelOrder::handle);

    record Request(OrderId orderId, CancelReason reason) {
        static final Request EXAMPLE =
                new Request(new OrderId(new UUID(0, 1)), CancelReason.CUSTOMER_REQUEST);
    }

    record Result(OrderId orderId, OrderState state, long version, List<CancelledLine> lines) {}

    /** {@code released} is what of the cancelled units was promised and is free again. */
    record CancelledLine(OrderLineId lineId, Quantity cancelled, Quantity released) {}

    private static Outcome<Result> handle(Request request, Call call) {
        return cancel(request, call);
    }

    /** For whoever wants it cancelled, whichever way the wish came. */
    static Outcome<Result> cancel(Request request, Call call) {
        var order = OrderHeader.lock(request.orderId, call);
        if (order.isEmpty()) {
            return missing("order", "orderId");
        }
        var state = order.get().state();
        if (!state.mayBeCancelled()) {
            return refused(new OutboundRefusal.OrderNotCancellable(state));
        }
        var lines = cancelLines(request.orderId, call);
        long version = save(request, call);
        forgetRecipientInTime(request.orderId, call);
        call.announce(
                new OrderCancelled(
                        request.orderId,
                        version,
                        request.reason,
                        sum(lines, CancelledLine::cancelled),
                        sum(lines, CancelledLine::released)));
        var result = new Result(request.orderId, OrderState.CANCELLED, version, lines);
        var promises = promises(request.orderId, call);
        if (promises.isEmpty()) {
            return done(result, Subject.of(request.orderId));
        }
        return switch (call.release(promises)) {
            case StockAnswer.Changed _ -> done(result, Subject.of(request.orderId));
            case StockAnswer.Unchanged changed -> {
                if (call.maySearchAgain()) {
                    throw call.searchAgain();
                }
                yield refused(OutboundRefusal.StockChanged.by(changed));
            }
        };
    }

    private static Quantity sum(List<CancelledLine> lines, Function<CancelledLine, Quantity> of) {
        return lines.stream().map(of).reduce(Quantity.NONE, Quantity::plus);
    }

    // Locked by id, answered by number.
    private static List<CancelledLine> cancelLines(OrderId order, Call call) {
        return call.sql()
                .createQuery(
                        """
                        with locked as (
                            select order_line_id, unallocated, allocated
                              from wms.outbound_order_line
                             where order_id = :order
                             order by order_line_id
                               for no key update),
                        cancelled as (
                            update wms.outbound_order_line as line
                               set cancelled = line.cancelled + locked.unallocated + locked.allocated,
                                   unallocated = 0,
                                   allocated = 0,
                                   version = line.version + 1
                              from locked
                             where line.order_id = :order
                               and line.order_line_id = locked.order_line_id
                            returning line.line_no,
                                   line.order_line_id,
                                   locked.unallocated + locked.allocated as units,
                                   locked.allocated as released)
                        select order_line_id as line_id, units as cancelled, released
                          from cancelled
                         order by line_no
                        """)
                .bind("order", order)
                .mapTo(CancelledLine.class)
                .list();
    }

    private static long save(Request request, Call call) {
        return call.sql()
                .createQuery(
                        """
                        update wms.outbound_order
                           set state = 'CANCELLED',
                               cancel_reason = :reason,
                               updated_at = :now,
                               version = version + 1
                         where order_id = :order
                        returning version
                        """)
                .bind("reason", request.reason)
                .bind("now", call.now())
                .bind("order", request.orderId)
                .mapTo(Long.class)
                .one();
    }

    // Nothing is sent to them, so the time after which their address is erased runs from now on.
    private static void forgetRecipientInTime(OrderId order, Call call) {
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

    // Whoever makes or uses one has locked the order first, so none of them changes meanwhile.
    private static List<ReservationId> promises(OrderId order, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select promise.reservation_id
                          from wms.outbound_order_line as line
                         cross join lateral (
                               select reservation_id
                                 from wms.reservation
                                where demand_id = line.order_line_id
                                  and holds is not null
                               offset 0) as promise
                         where line.order_id = :order
                         order by promise.reservation_id
                        """)
                .bind("order", order)
                .mapTo(ReservationId.class)
                .list();
    }
}
