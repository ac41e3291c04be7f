package com.fluxvantage.outbound;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.quantity.Quantity;

/**
 * How much of an order waits at each step once its picking has begun. What is short is not among
 * it: an order goes out with what was promised to it.
 *
 * @param toPick promised and still in its bin
 * @param toPack at the stage, in no carton
 * @param taken out of its bin, wherever it is now
 */
record OrderProgress(Quantity toPick, Quantity toPack, Quantity taken) {
    OrderState state() {
        if (!toPick.isNone()) {
            return taken.isNone() ? OrderState.ALLOCATED : OrderState.PICKING;
        }
        return toPack.isNone() ? OrderState.PACKED : OrderState.PICKED;
    }

    /** Read with the order locked, so that no other scan is halfway. */
    static OrderProgress of(OrderId order, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select cast(sum(allocated) as bigint) as to_pick,
                               cast(sum(picked) as bigint) as to_pack,
                               cast(sum(picked + packed + shipped) as bigint) as taken
                          from wms.outbound_order_line
                         where order_id = :order
                        """)
                .bind("order", order)
                .mapTo(OrderProgress.class)
                .one();
    }
}
