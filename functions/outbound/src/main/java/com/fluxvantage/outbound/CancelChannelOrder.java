package com.fluxvantage.outbound;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Trigger.Event;

import java.util.Optional;
import java.util.UUID;

/**
 * Finds out whether what a shop has cancelled can be cancelled here, by the rule of {@link
 * CancelOrder} and under the same lock: who picks at that moment and who cancels are one after the
 * other. If goods were picked it is too late, nothing changes, and the answer says how far it was.
 */
final class CancelChannelOrder {
    static final Operation<Request, Result> OPERATION =
            Operation.consumer("cancel-channel-order", Event.of("channel.cancelled"))
                    .summary("Cancels what a connected shop has cancelled, if it still can be.")
                    .announces(OrderCancelled.class)
                    .handledBy(
                            Request.class, Result.class, new Request(), CancelChannelOrder::handle);

    record Request() {}

    /** What became of it. */
    enum Became {
        CANCELLED,
        TOO_LATE,
        /** It was answered before. */
        NOTHING
    }

    record Result(Became became) {}

    private static Outcome<Result> handle(Request request, Call call) {
        UUID shopOrder = call.heard().stream();
        var order = asked(shopOrder, call);
        if (order.isEmpty()) {
            return Outcome.found(new Result(Became.NOTHING));
        }
        var wish = new CancelOrder.Request(order.get(), CancelReason.CANCELLED_IN_SHOP);
        var became =
                switch (CancelOrder.cancel(wish, call)) {
                    case Outcome.Done<CancelOrder.Result> _ ->
                            settle(shopOrder, Became.CANCELLED, Optional.empty(), call);
                    case Outcome.Refused<CancelOrder.Result>(
                                    OutboundRefusal.OrderNotCancellable(var state)) ->
                            state == OrderState.CANCELLED
                                    ? settle(shopOrder, Became.CANCELLED, Optional.empty(), call)
                                    : settle(shopOrder, Became.TOO_LATE, Optional.of(state), call);
                    case Outcome.Refused<CancelOrder.Result>(NotFound _) -> Became.NOTHING;
                    // The stock is moving: the event comes again.
                    case Outcome.Refused<CancelOrder.Result> _ -> throw call.searchAgain();
                };
        return Outcome.found(new Result(became));
    }

    private static Optional<OrderId> asked(UUID shopOrder, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select sold.order_id
                          from wms.shop_cancellation as asked
                          join wms.shop_order as sold on sold.shop_order_id = asked.shop_order_id
                         where asked.shop_order_id = :shop_order
                           and asked.outcome is null
                           and sold.order_id is not null
                        """)
                .bind("shop_order", shopOrder)
                .mapTo(OrderId.class)
                .findOne();
    }

    private static Became settle(
            UUID shopOrder, Became became, Optional<OrderState> state, Call call) {
        call.sql()
                .createQuery("select wms.settle_cancellation(:shop_order, :outcome, :state, :now)")
                .bind("shop_order", shopOrder)
                .bind("outcome", became)
                .bind("state", state)
                .bind("now", call.now())
                .mapTo(String.class)
                .one();
        return became;
    }
}
