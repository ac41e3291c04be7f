package com.fluxvantage.outbound;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Outcome.refused;
import static com.fluxvantage.kernel.operation.Permission.ORDERS_PACK;

import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.InvalidValue;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.stock.Bucket;
import com.fluxvantage.kernel.stock.Leg;
import com.fluxvantage.kernel.stock.LpnId;
import com.fluxvantage.kernel.stock.Posting;
import com.fluxvantage.kernel.stock.ReservationId;
import com.fluxvantage.kernel.stock.StockAnswer;
import com.fluxvantage.kernel.stock.StockStatus;
import com.fluxvantage.kernel.text.Code;
import com.fluxvantage.kernel.text.Gtin;
import com.fluxvantage.kernel.text.ItemScan;
import com.fluxvantage.kernel.text.LotCode;
import com.fluxvantage.kernel.text.Sku;
import com.fluxvantage.kernel.text.TextValue;
import com.fluxvantage.outbound.PackingRule.Content;
import com.fluxvantage.outbound.PackingRule.Item;
import com.fluxvantage.outbound.PackingRule.Part;
import com.fluxvantage.outbound.PackingRule.Staged;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Puts picked goods of one order into a carton, which is closed at once: it gets a label of its own
 * and holds the goods and their promises from then on. Packing may begin while others still pick;
 * once everything promised is in cartons the order is packed. Refused: goods that the order does
 * not ask for, and more than was picked. The weight is in grams, quantities are in each item's
 * unit.
 */
final class PackCarton {
    /** As many as an order may have lines. */
    static final int MOST_CONTENTS = AcceptOrder.MOST_LINES;

    static final Operation<Request, Result> OPERATION =
            Operation.post("pack-carton", "/orders/{order_id}/cartons")
                    .summary("Puts picked goods of one order into a carton.")
                    .requires(ORDERS_PACK)
                    .announces(OrderPacked.class)
                    .refuses(NotFound.class)
                    .refuses(OutboundRefusal.OrderNotPackable.class)
                    .refuses(OutboundRefusal.NotOnOrder.class)
                    .refuses(OutboundRefusal.LotRequired.class)
                    .refuses(OutboundRefusal.OverPack.class)
                    .refuses(OutboundRefusal.LabelTaken.class)
                    .refuses(OutboundRefusal.StockChanged.class)
                    .creates()
                    .handledBy(Request.class, Result.class, Request.EXAMPLE, PackCarton::handle);

    record Request(
            OrderId orderId,
            Optional<Code> label,
            Optional<Quantity> weightGrams,
            List<Packed> contents) {
        static final Request EXAMPLE =
                new Request(
                        new OrderId(new UUID(0, 1)),
                        Optional.of(new Code("CARTON-000117")),
                        Optional.of(Quantity.of(740)),
                        List.of(
                                new Packed(
                                        Optional.of(new Sku("TEA-EARL-GREY-50")),
                                        Optional.empty(),
                                        Optional.of(new LotCode("L2026-31")),
                                        Quantity.of(2))));

        Request {
            if (contents.isEmpty()) {
                throw new InvalidValue("contents", "required", "An empty carton is not packed.");
            }
            if (contents.size() > MOST_CONTENTS) {
                throw new InvalidValue(
                        "contents",
                        "too-many",
                        "A carton is told in at most " + MOST_CONTENTS + " entries.");
            }
            if (weightGrams.filter(Quantity::isNone).isPresent()) {
                throw new InvalidValue(
                        "weightGrams", "out-of-range", "A carton weighs at least one gram.");
            }
            contents = List.copyOf(contents);
        }
    }

    record Packed(
            Optional<Sku> sku, Optional<Gtin> gtin, Optional<LotCode> lot, Quantity quantity) {
        Packed {
            ItemScan.check(sku, gtin);
            if (quantity.isNone()) {
                throw new InvalidValue(
                        "quantity", "out-of-range", "Nothing of this is in the carton.");
            }
        }

        Content content() {
            return new Content(new ItemScan(sku, gtin), lot, quantity);
        }
    }

    /** {@code packed} counts the units in this carton. */
    record Result(
            LpnId cartonId, Code label, Quantity packed, OrderState orderState, long version) {}

    /** Goods of one lot for one line, which become one promise in the carton. */
    private record Destination(OrderLineId line, Bucket bucket) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var order = OrderHeader.lock(request.orderId, call);
        if (order.isEmpty()) {
            return missing("order", "orderId");
        }
        if (!order.get().state().takesCartons()) {
            return refused(new OutboundRefusal.OrderNotPackable(order.get().state()));
        }
        var items = lockLines(request, call);
        var contents = request.contents.stream().map(Packed::content).toList();
        return switch (PackingRule.decide(contents, items, staged(order.get(), items, call))) {
            case PackingRule.Decision.Objects(var refusal) -> refused(refusal);
            case PackingRule.Decision.Packs(var parts) -> pack(request, order.get(), parts, call);
        };
    }

    private static Outcome<Result> pack(
            Request request, OrderHeader order, List<Part> parts, Call call) {
        saveLines(parts, call);
        var carton = new LpnId(Uuid7.next());
        var label = request.label.orElseGet(() -> new Code(Identifiers.text(carton)));
        if (!saveCarton(carton, label, request.weightGrams, order, call)) {
            return refused(new OutboundRefusal.LabelTaken());
        }
        var state = OrderProgress.of(order.orderId(), call).state();
        long version = order.save(state, call);
        if (state == OrderState.PACKED) {
            call.announce(new OrderPacked(order.orderId(), version));
        }
        var packed = parts.stream().map(Part::quantity).reduce(Quantity.NONE, Quantity::plus);
        return switch (call.post(posting(carton, order, parts, call))) {
            case StockAnswer.Changed _ ->
                    done(
                            new Result(carton, label, packed, state, version),
                            Subject.of(order.orderId()));
            case StockAnswer.Unchanged changed -> {
                if (call.maySearchAgain()) {
                    throw call.searchAgain();
                }
                yield refused(OutboundRefusal.StockChanged.by(changed));
            }
        };
    }

    // A line that was picked in several scans has several promises at the stage, and one in
    // the carton.
    private static Posting posting(LpnId carton, OrderHeader order, List<Part> parts, Call call) {
        var legs = new ArrayList<Leg>();
        var into = new LinkedHashMap<Destination, Quantity>();
        for (var part : parts) {
            var goods = part.staged();
            legs.add(
                    Leg.outOf(
                            new Bucket.Known(goods.bucketId()),
                            part.quantity(),
                            goods.reservationId()));
            into.merge(
                    new Destination(goods.orderLineId(), inCarton(carton, order, goods)),
                    part.quantity(),
                    Quantity::plus);
        }
        into.forEach((to, quantity) ->
                legs.add(
                        Leg.inFor(
                                to.bucket,
                                quantity,
                                new ReservationId(Uuid7.next()),
                                to.line.demand())));
        return Posting.within(Posting.Kind.PACK, call.now(), order.orderId(), legs);
    }

    private static Bucket inCarton(LpnId carton, OrderHeader order, Staged goods) {
        return new Bucket.Keyed(
                goods.itemId(),
                order.stageLocationId(),
                order.ownerId(),
                goods.lotId(),
                Optional.of(carton),
                StockStatus.AVAILABLE);
    }

    // The order's lines are found first, so that the names only choose among a few items.
    private static List<Item> lockLines(Request request, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select item.item_id, item.sku, item.gtin, item.lot_controlled
                          from wms.outbound_order_line as line
                          join wms.item
                            on item.item_id = line.item_id
                         where line.order_id = :order
                           and (item.sku = any(:skus) or item.gtin = any(:gtins))
                         order by line.order_line_id
                           for no key update of line
                        """)
                .bind("order", request.orderId)
                .bind("skus", texts(request, Packed::sku))
                .bind("gtins", texts(request, Packed::gtin))
                .mapTo(Item.class)
                .list();
    }

    // Row by row: joined plainly, the tables are multiplied by a planner that has no
    // statistics yet.
    private static List<Staged> staged(OrderHeader order, List<Item> items, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select promise.reservation_id,
                               line.order_line_id,
                               bucket.bucket_id,
                               line.item_id,
                               bucket.lot_id,
                               (select lot.code
                                  from wms.lot
                                 where lot.lot_id = bucket.lot_id) as lot,
                               promise.quantity
                          from wms.outbound_order_line as line
                         cross join lateral (
                               select reservation.reservation_id, reservation.holds, reservation.quantity
                                 from wms.reservation
                                where reservation.demand_id = line.order_line_id
                                  and reservation.holds is not null
                               offset 0) as promise
                         cross join lateral (
                               select stock.bucket_id, stock.lot_id
                                 from wms.bucket as stock
                                where stock.bucket_id = promise.holds
                                  and stock.location_id = :stage
                                  and stock.lpn_id is null
                                limit 1) as bucket
                         where line.order_id = :order
                           and line.item_id = any(:items)
                           and line.picked > 0
                         order by line.line_no, promise.reservation_id
                        """)
                .bind("order", order.orderId())
                .bind("items", items.stream().map(it -> it.itemId().uuid()).toArray(UUID[]::new))
                .bind("stage", order.stageLocationId())
                .mapTo(Staged.class)
                .list();
    }

    private static String[] texts(
            Request request, Function<Packed, Optional<? extends TextValue>> named) {
        return request.contents.stream()
                .map(named)
                .flatMap(Optional::stream)
                .map(TextValue::value)
                .distinct()
                .toArray(String[]::new);
    }

    private static void saveLines(List<Part> parts, Call call) {
        var packed =
                List.copyOf(
                        parts.stream()
                                .collect(
                                        Collectors.toMap(
                                                it -> it.staged().orderLineId(),
                                                Part::quantity,
                                                Quantity::plus))
                                .entrySet());
        call.sql()
                .createUpdate(
                        """
                        update wms.outbound_order_line as line
                           set picked = line.picked - part.quantity,
                               packed = line.packed + part.quantity,
                               version = line.version + 1
                          from unnest(:lines, :quantities) as part (line_id, quantity)
                         where line.order_line_id = part.line_id
                        """)
                .bind("lines", packed.stream().map(it -> it.getKey().uuid()).toArray(UUID[]::new))
                .bind(
                        "quantities",
                        packed.stream().map(it -> it.getValue().units()).toArray(Long[]::new))
                .execute();
    }

    private static boolean saveCarton(
            LpnId carton,
            Code label,
            Optional<Quantity> weightGrams,
            OrderHeader order,
            Call call) {
        return call.sql()
                        .createUpdate(
                                """
                                insert into wms.lpn (
                                    lpn_id, code, type, location_id, order_id, state, weight_grams, version)
                                values (:carton, :label, 'CARTON', :stage, :order, 'CLOSED', :weight_grams, 1)
                                    on conflict do nothing
                                """)
                        .bind("carton", carton)
                        .bind("label", label)
                        .bind("stage", order.stageLocationId())
                        .bind("order", order.orderId())
                        .bind("weight_grams", weightGrams.map(Quantity::units))
                        .execute()
                == 1;
    }
}
