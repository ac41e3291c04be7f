package com.fluxvantage.outbound;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Outcome.refused;
import static com.fluxvantage.kernel.operation.Permission.ORDERS_ALLOCATE;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.stock.ItemId;
import com.fluxvantage.kernel.stock.Reserving;
import com.fluxvantage.kernel.stock.StockAnswer;
import com.fluxvantage.outbound.AllocationStrategy.Need;
import com.fluxvantage.outbound.AllocationStrategy.Rotation;
import com.fluxvantage.outbound.AllocationStrategy.Share;
import com.fluxvantage.outbound.AllocationStrategy.Stock;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Promises stock to an order, in one transaction: goods in places for picking that are available,
 * free and keep long enough, oldest or first-expiring first. What there is not enough of stays
 * unallocated on its line, with who holds it, and is tried for again by the next call. Quantities
 * are in each item's unit. Refused once everything that was promised is picked.
 *
 * <p>Goods that no longer keep long enough cannot be picked any more, so what was promised of them
 * and still lies in its place is given back first. A transaction changes stock once: a call that
 * has given back promises nothing, and the next one allocates anew. An order of which everything
 * else was picked before is thereby picked, and leaves with what it has.
 */
final class AllocateOrder {
    static final Operation<Request, Result> OPERATION =
            Operation.post("allocate-order", "/orders/{order_id}/allocate")
                    .summary(
                            "Promises stock to an order and tells what is short, and who holds it.")
                    .requires(ORDERS_ALLOCATE)
                    .announces(OrderAllocated.class)
                    .refuses(NotFound.class)
                    .refuses(OutboundRefusal.OrderNotAllocatable.class)
                    .refuses(OutboundRefusal.StockChanged.class)
                    .handledBy(Request.class, Result.class, Request.EXAMPLE, AllocateOrder::handle);

    /** Buckets of one item that are looked at; what more of them hold is found by the next call. */
    private static final int MOST_BUCKETS = 200;

    /** Orders named as holders of an item that is short. */
    private static final int MOST_HOLDERS = 5;

    record Request(OrderId orderId) {
        static final Request EXAMPLE = new Request(new OrderId(new UUID(0, 1)));
    }

    /**
     * {@code allocated} is what this call has promised, {@code missing} what has no stock after it.
     * {@code givenBack} is what it has given back since it no longer keeps long enough; unless that
     * is nothing, call again.
     */
    record Result(
            OrderId orderId,
            OrderState state,
            long version,
            Quantity allocated,
            Quantity missing,
            Quantity givenBack,
            List<ShortLine> shortLines) {}

    record ShortLine(OrderLineId lineId, Quantity missing, List<OrderId> heldBy) {}

    private record Line(
            OrderLineId orderLineId, ItemId itemId, Quantity unallocated, Rotation rotation) {
        Need need() {
            return new Need(orderLineId, itemId, rotation, unallocated);
        }

        Line with(Map<OrderLineId, Quantity> returned) {
            return new Line(
                    orderLineId,
                    itemId,
                    unallocated.plus(returned.getOrDefault(orderLineId, Quantity.NONE)),
                    rotation);
        }
    }

    private record Holder(ItemId itemId, OrderId orderId) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var order = OrderHeader.lock(request.orderId, call);
        if (order.isEmpty()) {
            return missing("order", "orderId");
        }
        if (!order.get().state().takesStock()) {
            return refused(new OutboundRefusal.OrderNotAllocatable(order.get().state()));
        }
        var lapsed = LapsedPromises.of(order.get(), call);
        var lines = lockLines(request.orderId, lapsed, call);
        if (!lapsed.isNone()) {
            return giveBack(order.get(), lines, lapsed, call);
        }
        var needs = lines.stream().map(Line::need).toList();
        var shares = AllocationStrategy.choose(needs, candidates(order.get(), lines, call));
        var shortLines = shortLines(order.get(), lines, shares, call);
        var missing = sum(shortLines.stream().map(ShortLine::missing).toList());
        if (shares.isEmpty()) {
            return done(
                    new Result(
                            request.orderId,
                            order.get().state(),
                            order.get().version(),
                            Quantity.NONE,
                            missing,
                            Quantity.NONE,
                            shortLines),
                    Subject.of(request.orderId));
        }
        return promise(order.get(), shares, missing, shortLines, call);
    }

    private static Outcome<Result> promise(
            OrderHeader order,
            List<Share> shares,
            Quantity missing,
            List<ShortLine> shortLines,
            Call call) {
        var state = order.state() == OrderState.ACCEPTED ? OrderState.ALLOCATED : order.state();
        var allocated = sum(shares.stream().map(Share::quantity).toList());
        saveLines(units(byLine(shares), 1), call);
        long version = order.save(state, call);
        call.announce(new OrderAllocated(order.orderId(), version, state, allocated, missing));
        var wanted =
                shares.stream()
                        .map(it -> Reserving.of(it.bucket(), it.line().demand(), it.quantity()))
                        .toList();
        return switch (call.reserve(wanted, Optional.of(order.leavesOn()))) {
            case StockAnswer.Changed _ ->
                    done(
                            new Result(
                                    order.orderId(),
                                    state,
                                    version,
                                    allocated,
                                    missing,
                                    Quantity.NONE,
                                    shortLines),
                            Subject.of(order.orderId()));
            case StockAnswer.Unchanged taken -> {
                // Somebody was faster. To choose anew while the buckets are locked would break
                // their order.
                if (call.maySearchAgain()) {
                    throw call.searchAgain();
                }
                yield refused(OutboundRefusal.StockChanged.by(taken));
            }
        };
    }

    private static Outcome<Result> giveBack(
            OrderHeader order, List<Line> lines, LapsedPromises lapsed, Call call) {
        var returned = lapsed.byLine();
        saveLines(units(returned, -1), call);
        // Before its first pick an order has nothing to pack, which is not the end of it.
        var state =
                order.state() == OrderState.PICKING
                        ? OrderProgress.of(order.orderId(), call).state()
                        : order.state();
        var givenBack = sum(List.copyOf(returned.values()));
        var lacking = lines.stream().map(it -> it.with(returned)).toList();
        var shortLines = shortLines(order, lacking, List.of(), call);
        var missing = sum(shortLines.stream().map(ShortLine::missing).toList());
        long version = order.save(state, call);
        call.announce(new OrderAllocated(order.orderId(), version, state, Quantity.NONE, missing));
        return switch (lapsed.giveBack(call)) {
            case StockAnswer.Changed _ ->
                    done(
                            new Result(
                                    order.orderId(),
                                    state,
                                    version,
                                    Quantity.NONE,
                                    missing,
                                    givenBack,
                                    shortLines),
                            Subject.of(order.orderId()));
            case StockAnswer.Unchanged changed -> {
                if (call.maySearchAgain()) {
                    throw call.searchAgain();
                }
                yield refused(OutboundRefusal.StockChanged.by(changed));
            }
        };
    }

    private static List<ShortLine> shortLines(
            OrderHeader order, List<Line> lines, List<Share> shares, Call call) {
        var given = byLine(shares);
        var lacking = lines.stream().filter(it -> !left(it, given).isNone()).toList();
        if (lacking.isEmpty()) {
            return List.of();
        }
        var holders = holders(order, lacking, call);
        return lacking.stream()
                .map(it ->
                        new ShortLine(
                                it.orderLineId,
                                left(it, given),
                                holders.getOrDefault(it.itemId, List.of())))
                .toList();
    }

    private static Quantity left(Line line, Map<OrderLineId, Quantity> given) {
        return line.unallocated.less(given.getOrDefault(line.orderLineId, Quantity.NONE));
    }

    private static Map<OrderLineId, Quantity> byLine(List<Share> shares) {
        return shares.stream()
                .collect(Collectors.toMap(Share::line, Share::quantity, Quantity::plus));
    }

    private static Map<OrderLineId, Long> units(Map<OrderLineId, Quantity> byLine, int sign) {
        return byLine.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, it -> sign * it.getValue().units()));
    }

    private static Quantity sum(List<Quantity> quantities) {
        return quantities.stream().reduce(Quantity.NONE, Quantity::plus);
    }

    // Locked by id, served by number.
    private static List<Line> lockLines(OrderId order, LapsedPromises lapsed, Call call) {
        return call.sql()
                .createQuery(
                        """
                        with locked as (
                            select line_no, order_line_id, item_id, unallocated
                              from wms.outbound_order_line
                             where order_id = :order
                               and (unallocated > 0 or order_line_id = any(:lapsed))
                             order by order_line_id
                               for no key update)
                        select locked.order_line_id, locked.item_id, locked.unallocated, item.rotation
                          from locked
                          join wms.item
                            on item.item_id = locked.item_id
                         order by locked.line_no
                        """)
                .bind("order", order)
                .bind("lapsed", lapsed.lines())
                .mapTo(Line.class)
                .list();
    }

    // Nothing is locked here: the reservation checks again on locked buckets. Places and lots are
    // looked up bucket by bucket, since a join would read all of the tenant's. The statement sorts
    // as the strategy does, so that the cut leaves the first ones.
    private static List<Stock> candidates(OrderHeader order, List<Line> lines, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select candidate.bucket_id,
                               item.item_id,
                               candidate.free,
                               candidate.fifo_at,
                               candidate.expires_on,
                               candidate.pick_seq
                          from wms.item
                         cross join lateral (
                               select bucket.bucket_id,
                                      bucket.on_hand - bucket.reserved as free,
                                      bucket.fifo_at,
                                      bucket.expires_on,
                                      bucket.pick_seq
                                 from wms.bucket
                                where bucket.warehouse_id = :warehouse
                                  and bucket.item_id = item.item_id
                                  and bucket.owner_id = :owner
                                  and bucket.status = 'AVAILABLE'
                                  and bucket.lpn_id is null
                                  and bucket.on_hand > bucket.reserved
                                  and (bucket.expires_on is null
                                       or bucket.expires_on >= :leaves_on + item.min_shelf_life_days)
                                  and (select location.pickable and not location.locked
                                         from wms.location
                                        where location.location_id = bucket.location_id)
                                  and (select lot.on_hold
                                         from wms.lot
                                        where lot.lot_id = bucket.lot_id) is not true
                                order by case when item.rotation = 'FEFO' then bucket.expires_on end nulls last,
                                         bucket.fifo_at,
                                         bucket.pick_seq,
                                         bucket.bucket_id
                                limit :most) as candidate
                         where item.item_id = any(:items)
                        """)
                .bind("warehouse", order.warehouseId())
                .bind("owner", order.ownerId())
                .bind("leaves_on", order.leavesOn())
                .bind("most", MOST_BUCKETS)
                .bind("items", items(lines))
                .mapTo(Stock.class)
                .list();
    }

    // Row by row: joined plainly, a planner without statistics multiplies the tables.
    private static Map<ItemId, List<OrderId>> holders(
            OrderHeader order, List<Line> lacking, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select lacking.item_id, holder.order_id
                          from unnest(:items) as lacking (item_id)
                         cross join lateral (
                               select distinct line.order_id
                                 from wms.bucket
                                cross join lateral (
                                      select reservation.demand_id
                                        from wms.reservation
                                       where reservation.holds = bucket.bucket_id
                                      offset 0) as promise
                                cross join lateral (
                                      select asked.order_id
                                        from wms.outbound_order_line as asked
                                       where asked.order_line_id = promise.demand_id
                                       limit 1) as line
                                where bucket.warehouse_id = :warehouse
                                  and bucket.item_id = lacking.item_id
                                  and bucket.reserved > 0
                                  and line.order_id <> :order
                                order by line.order_id
                                limit :most) as holder
                        """)
                .bind("items", items(lacking))
                .bind("warehouse", order.warehouseId())
                .bind("order", order.orderId())
                .bind("most", MOST_HOLDERS)
                .mapTo(Holder.class)
                .collect(
                        Collectors.groupingBy(
                                Holder::itemId,
                                Collectors.mapping(Holder::orderId, Collectors.toList())));
    }

    private static UUID[] items(List<Line> lines) {
        return lines.stream().map(it -> it.itemId.uuid()).distinct().toArray(UUID[]::new);
    }

    // What a line gains in promises it loses in want; units given back are negative.
    private static void saveLines(Map<OrderLineId, Long> promised, Call call) {
        var lines = List.copyOf(promised.entrySet());
        call.sql()
                .createUpdate(
                        """
                        update wms.outbound_order_line as line
                           set unallocated = line.unallocated - promised.units,
                               allocated = line.allocated + promised.units,
                               version = line.version + 1
                          from unnest(:lines, :units) as promised (line_id, units)
                         where line.order_line_id = promised.line_id
                        """)
                .bind("lines", lines.stream().map(it -> it.getKey().uuid()).toArray(UUID[]::new))
                .bind("units", lines.stream().map(Map.Entry::getValue).toArray(Long[]::new))
                .execute();
    }
}
