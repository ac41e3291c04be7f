package com.fluxvantage.outbound;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.stock.LocationId;
import com.fluxvantage.kernel.stock.OwnerId;
import com.fluxvantage.kernel.stock.ReservationId;
import com.fluxvantage.kernel.stock.WarehouseId;

import java.time.LocalDate;
import java.util.Optional;

/**
 * An order's head, locked until the transaction ends: the first lock of every step, before the
 * lines.
 *
 * @param leavesOn the day for which goods have to be good: the day it ships by, or today where the
 *     warehouse stands if that is later
 * @param stageLocationId where the warehouse gathers picked goods
 */
record OrderHeader(
        OrderId orderId,
        OrderState state,
        long version,
        WarehouseId warehouseId,
        OwnerId ownerId,
        LocalDate leavesOn,
        LocationId stageLocationId) {
    private static final String SELECT =
            """
            select order_id,
                   state,
                   version,
                   warehouse_id,
                   owner_id,
                   greatest(
                       ship_by,
                       cast(:now at time zone (select warehouse.time_zone
                                                 from wms.warehouse
                                                where warehouse.warehouse_id = outbound_order.warehouse_id)
                            as date)) as leaves_on,
                   (select location.location_id
                      from wms.location
                     where location.warehouse_id = outbound_order.warehouse_id
                       and location.kind = 'STAGE'
                     order by location.code
                     limit 1) as stage_location_id
              from wms.outbound_order
            """;

    static Optional<OrderHeader> lock(OrderId order, Call call) {
        return call.sql()
                .createQuery(
                        SELECT
                                + """
                                 where order_id = :order
                                   for no key update
                                """)
                .bind("now", call.now())
                .bind("order", order)
                .mapTo(OrderHeader.class)
                .findOne();
    }

    /** The order that a pick is for. */
    static Optional<OrderHeader> lockOf(ReservationId pick, Call call) {
        return call.sql()
                .createQuery(
                        SELECT
                                + """
                                 where order_id = (select line.order_id
                                                     from wms.reservation
                                                     join wms.outbound_order_line as line
                                                       on line.order_line_id = reservation.demand_id
                                                    where reservation.reservation_id = :pick)
                                   for no key update
                                """)
                .bind("now", call.now())
                .bind("pick", pick)
                .mapTo(OrderHeader.class)
                .findOne();
    }

    /** The order in its next state; answers its new version. */
    long save(OrderState next, Call call) {
        return call.sql()
                .createQuery(
                        """
                        update wms.outbound_order
                           set state = :state,
                               updated_at = :now,
                               version = version + 1
                         where order_id = :order
                        returning version
                        """)
                .bind("state", next)
                .bind("now", call.now())
                .bind("order", orderId)
                .mapTo(Long.class)
                .one();
    }
}
