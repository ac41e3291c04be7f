package com.fluxvantage.outbound;

import static com.fluxvantage.kernel.operation.Outcome.found;
import static com.fluxvantage.kernel.operation.Permission.ORDERS_READ;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Cursor;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.PageLimit;
import com.fluxvantage.kernel.operation.PageRequest;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.stock.WarehouseId;
import com.fluxvantage.kernel.text.Reference;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Finds orders by state, warehouse, reference and time of change, those first that have waited
 * longest in their state. So the list loses nothing while it is paged: what changes meanwhile comes
 * once more at its end. A client that wants what is new asks for what changed after the last one it
 * has seen, and for a minute before it, since an order is seen when its change is committed and
 * carries the time when that began. Scans between the first and the last pick, or carton, change
 * the quantities only and not that time.
 *
 * <p>Quantities are sums over the lines, each in its item's unit: what was ordered is the sum of
 * the other six. A filter that names nothing, or another tenant's warehouse, finds nothing. Nothing
 * of the recipient is among it.
 */
final class SearchOrders {
    static final Operation<Request, Result> OPERATION =
            Operation.get("search-orders", "/orders")
                    .summary("Finds orders, with how far each has come.")
                    .requires(ORDERS_READ)
                    .handledBy(Request.class, Result.class, Request.EXAMPLE, SearchOrders::handle);

    private static final UUID AFTER_ALL = new UUID(-1, -1);

    record Request(
            Optional<List<OrderState>> state,
            Optional<WarehouseId> warehouseId,
            Optional<Reference> reference,
            Optional<Instant> updatedAfter,
            Optional<PageLimit> limit,
            Optional<Cursor> cursor) {
        static final Request EXAMPLE =
                new Request(
                        Optional.of(List.of(OrderState.ACCEPTED, OrderState.ALLOCATED)),
                        Optional.of(new WarehouseId(new UUID(0, 1))),
                        Optional.empty(),
                        Optional.of(Instant.parse("2026-11-24T08:00:00Z")),
                        Optional.of(new PageLimit(20)),
                        Optional.empty());

        Request {
            state = state.map(List::copyOf);
        }

        String[] states() {
            return state.orElse(List.of(OrderState.values())).stream()
                    .distinct()
                    .map(OrderState::name)
                    .toArray(String[]::new);
        }
    }

    record Result(List<Order> items, Optional<Cursor> nextCursor) {}

    /**
     * {@code leavesOn} is the day it ships by, or today if that is later; absent once it has left
     * or was cancelled. {@code unallocated} is what no stock was promised for.
     */
    record Order(
            OrderId orderId,
            WarehouseId warehouseId,
            Reference reference,
            OrderState state,
            Optional<LocalDate> leavesOn,
            int lines,
            Quantity ordered,
            Quantity unallocated,
            Quantity allocated,
            Quantity picked,
            Quantity packed,
            Quantity shipped,
            Quantity cancelled,
            Instant updatedAt,
            long version) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var page = call.page(request.limit, request.cursor);
        var orders =
                page.of(
                        orders(request, page, call),
                        order ->
                                List.of(
                                        order.updatedAt.toString(),
                                        order.orderId.uuid().toString()));
        return found(new Result(orders.items(), orders.nextCursor()));
    }

    // Each state of each warehouse is a stretch of one index in the order of the list, and of each
    // no more is read than the page holds. The lines are summed for the orders of the page alone.
    private static List<Order> orders(Request request, PageRequest page, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select listed.order_id,
                               listed.warehouse_id,
                               listed.reference,
                               listed.state,
                               case when listed.state not in ('SHIPPED', 'CANCELLED')
                                    then greatest(listed.ship_by, cast(:now at time zone listed.time_zone as date))
                                    end as leaves_on,
                               total.lines,
                               total.ordered,
                               total.unallocated,
                               total.allocated,
                               total.picked,
                               total.packed,
                               total.shipped,
                               total.cancelled,
                               listed.updated_at,
                               listed.version
                          from (select warehouse.warehouse_id,
                                       warehouse.time_zone,
                                       stretch.order_id,
                                       stretch.reference,
                                       stretch.state,
                                       stretch.ship_by,
                                       stretch.updated_at,
                                       stretch.version
                                  from wms.warehouse
                                 cross join unnest(:states) as wanted (state)
                                 cross join lateral (
                                       select order_id, reference, state, ship_by, updated_at, version
                                         from wms.outbound_order
                                        where outbound_order.warehouse_id = warehouse.warehouse_id
                                          and outbound_order.state = wanted.state
                                          and (cast(:reference as text) is null or reference = :reference)
                                          and (updated_at, order_id) > (:after_at, :after_order)
                                        order by updated_at, order_id
                                        limit :fetch) as stretch
                                 where (cast(:warehouse as uuid) is null or warehouse.warehouse_id = :warehouse)
                                 order by stretch.updated_at, stretch.order_id
                                 limit :fetch) as listed
                         cross join lateral (
                               select cast(count(*) as int) as lines,
                                      cast(sum(ordered) as bigint) as ordered,
                                      cast(sum(unallocated) as bigint) as unallocated,
                                      cast(sum(allocated) as bigint) as allocated,
                                      cast(sum(picked) as bigint) as picked,
                                      cast(sum(packed) as bigint) as packed,
                                      cast(sum(shipped) as bigint) as shipped,
                                      cast(sum(cancelled) as bigint) as cancelled
                                 from wms.outbound_order_line
                                where outbound_order_line.order_id = listed.order_id) as total
                         order by listed.updated_at, listed.order_id
                        """)
                .bind("now", call.now())
                .bind("states", request.states())
                .bind("reference", request.reference)
                .bind(
                        "after_at",
                        Instant.parse(
                                page.after(
                                        0, request.updatedAfter.orElse(Instant.EPOCH).toString())))
                .bind("after_order", UUID.fromString(page.after(1, AFTER_ALL.toString())))
                .bind("warehouse", request.warehouseId)
                .bind("fetch", page.fetch())
                .mapTo(Order.class)
                .list();
    }
}
