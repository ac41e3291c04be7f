package com.fluxvantage.outbound;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.stock.ReservationId;
import com.fluxvantage.kernel.stock.StockAnswer;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Promises of an order whose goods do not keep long enough any more. A pick refuses such goods, so
 * nobody else would give them back. What was picked already, at the stage or in a carton, keeps its
 * promise.
 */
record LapsedPromises(List<Lapsed> promises) {
    record Lapsed(ReservationId reservationId, OrderLineId lineId, Quantity quantity) {}

    boolean isNone() {
        return promises.isEmpty();
    }

    UUID[] lines() {
        return promises.stream().map(it -> it.lineId.uuid()).toArray(UUID[]::new);
    }

    Map<OrderLineId, Quantity> byLine() {
        return promises.stream()
                .collect(Collectors.toMap(Lapsed::lineId, Lapsed::quantity, Quantity::plus));
    }

    /** The one stock call of the transaction, so nothing is allocated anew in the same one. */
    StockAnswer giveBack(Call call) {
        return call.release(promises.stream().map(Lapsed::reservationId).toList());
    }

    // The rule is the pick's. With the order locked no scan uses up what is found here.
    static LapsedPromises of(OrderHeader order, Call call) {
        return new LapsedPromises(
                call.sql()
                        .createQuery(
                                """
                                select promise.reservation_id, line.order_line_id as line_id, promise.quantity
                                  from wms.outbound_order_line as line
                                 cross join lateral (
                                       select reservation_id, holds, quantity
                                         from wms.reservation
                                        where demand_id = line.order_line_id
                                          and holds is not null
                                       offset 0) as promise
                                 cross join lateral (
                                       select location_id, lpn_id, expires_on
                                         from wms.bucket
                                        where bucket_id = promise.holds
                                        limit 1) as stock
                                 where line.order_id = :order
                                   and line.allocated > 0
                                   and stock.lpn_id is null
                                   and stock.expires_on
                                       < :leaves_on + (select item.min_shelf_life_days
                                                         from wms.item
                                                        where item.item_id = line.item_id)
                                   and (select location.kind <> 'STAGE'
                                          from wms.location
                                         where location.location_id = stock.location_id)
                                 order by promise.reservation_id
                                """)
                        .bind("order", order.orderId())
                        .bind("leaves_on", order.leavesOn())
                        .mapTo(Lapsed.class)
                        .list());
    }
}
