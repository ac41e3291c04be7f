package com.fluxvantage.integrations;

import static com.fluxvantage.kernel.operation.Outcome.found;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Trigger;

/**
 * Writes down that a shop is to be told what has left of its order. A shipment is one report,
 * however often its event comes; of an order that no shop has sold there is none, and none of one
 * that the shop has cancelled: it takes no shipment of it.
 */
final class QueueShopReports {
    static final Operation<Request, Result> OPERATION =
            Operation.consumer("queue-shop-reports", Trigger.Event.of("order.shipped"))
                    .summary("Writes down which shop is to be told of a shipment.")
                    .handledBy(
                            Request.class, Result.class, new Request(), QueueShopReports::handle);

    /** The event's stream is the order. */
    record Request() {}

    record Result(int queued) {}

    // An order leaves whole or in part, but once: its one shipment is all that it has.
    private static Outcome<Result> handle(Request request, Call call) {
        int queued =
                call.sql()
                        .createUpdate(
                                """
                                insert into wms.shop_report (shipment_id, shop_order_id, queued_at, next_attempt_at)
                                select shipment.shipment_id, sold.shop_order_id, :now, :now
                                  from wms.shop_order as sold
                                  join wms.shipment on shipment.order_id = sold.order_id
                                 where sold.order_id = :order
                                   and not exists (
                                           select
                                             from wms.shop_cancellation as cancelled
                                            where cancelled.shop_order_id = sold.shop_order_id)
                                    on conflict do nothing
                                """)
                        .bind("now", call.now())
                        .bind("order", call.heard().stream())
                        .execute();
        return found(new Result(queued));
    }
}
