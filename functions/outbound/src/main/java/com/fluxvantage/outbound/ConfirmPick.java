package com.fluxvantage.outbound;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Outcome.refused;
import static com.fluxvantage.kernel.operation.Permission.ORDERS_PICK;

import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.InvalidValue;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.stock.Bucket;
import com.fluxvantage.kernel.stock.BucketId;
import com.fluxvantage.kernel.stock.BucketVersion;
import com.fluxvantage.kernel.stock.ItemId;
import com.fluxvantage.kernel.stock.Leg;
import com.fluxvantage.kernel.stock.LotId;
import com.fluxvantage.kernel.stock.Posting;
import com.fluxvantage.kernel.stock.PostingId;
import com.fluxvantage.kernel.stock.ReservationId;
import com.fluxvantage.kernel.stock.Scan;
import com.fluxvantage.kernel.stock.StockAnswer;
import com.fluxvantage.kernel.stock.StockStatus;
import com.fluxvantage.kernel.text.ClientEventId;
import com.fluxvantage.kernel.text.Code;
import com.fluxvantage.kernel.text.Gtin;
import com.fluxvantage.kernel.text.ItemScan;
import com.fluxvantage.kernel.text.LotCode;
import com.fluxvantage.kernel.text.Sku;
import com.fluxvantage.outbound.PickRule.Asked;
import com.fluxvantage.outbound.PickRule.Scanned;

import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Takes goods of one pick out of their place, in as many scans as it needs: each adds to what was
 * taken before. The goods go to the warehouse's stage, and the promise with them. Place, item and
 * lot have to be those of the pick, and no more is taken than it asks for. A device that is not
 * sure whether a scan arrived sends it again with the same event id, and it is counted once.
 * Quantities are in the item's unit.
 */
final class ConfirmPick {
    static final Operation<Request, Result> OPERATION =
            Operation.post("confirm-pick", "/picks/{pick_id}/confirm")
                    .summary("Takes goods of one pick out of their place, whole or in part.")
                    .requires(ORDERS_PICK)
                    .announces(PickingAdvanced.class)
                    .refuses(NotFound.class)
                    .refuses(OutboundRefusal.PickCancelled.class)
                    .refuses(OutboundRefusal.PickDone.class)
                    .refuses(OutboundRefusal.WrongLocation.class)
                    .refuses(OutboundRefusal.WrongItem.class)
                    .refuses(OutboundRefusal.LotRequired.class)
                    .refuses(OutboundRefusal.WrongLot.class)
                    .refuses(OutboundRefusal.LotExpired.class)
                    .refuses(OutboundRefusal.OverPick.class)
                    .refuses(OutboundRefusal.ScanReused.class)
                    .refuses(OutboundRefusal.ScanReversed.class)
                    .refuses(OutboundRefusal.StockChanged.class)
                    .handledBy(Request.class, Result.class, Request.EXAMPLE, ConfirmPick::handle);

    record Request(
            ReservationId pickId,
            Code location,
            Optional<Sku> sku,
            Optional<Gtin> gtin,
            Optional<LotCode> lot,
            Quantity quantity,
            Optional<ClientEventId> clientEventId) {
        static final Request EXAMPLE =
                new Request(
                        new ReservationId(new UUID(0, 1)),
                        new Code("A-01-03"),
                        Optional.of(new Sku("TEA-EARL-GREY-50")),
                        Optional.empty(),
                        Optional.of(new LotCode("L2026-31")),
                        Quantity.of(2),
                        Optional.of(new ClientEventId("0193a0b0-5d6e-7c1f-8a2b-3c4d5e6f7081")));

        Request {
            ItemScan.check(sku, gtin);
            if (quantity.isNone()) {
                throw new InvalidValue("quantity", "out-of-range", "Nothing was taken.");
            }
        }

        Scanned scanned() {
            return new Scanned(location, new ItemScan(sku, gtin), lot, quantity);
        }
    }

    /**
     * {@code picked} and {@code stillToPick} are the whole line's. {@code stock} is empty where the
     * scan had been counted before.
     */
    record Result(
            OrderId orderId,
            OrderLineId lineId,
            Quantity picked,
            Quantity stillToPick,
            List<BucketVersion> stock) {}

    /** The place and lot are absent once nothing is left to take. */
    private record Pick(
            OrderLineId orderLineId,
            ItemId itemId,
            Quantity allocated,
            Quantity picked,
            boolean active,
            boolean staged,
            Quantity quantity,
            BucketId bucketId,
            Optional<Code> location,
            Sku sku,
            Optional<Gtin> gtin,
            boolean lotControlled,
            int minShelfLifeDays,
            Optional<LotId> lotId,
            Optional<LotCode> lot,
            Optional<LocalDate> expiresOn) {
        Asked asked(Code from) {
            return new Asked(
                    from, sku, gtin, lotControlled, lot, expiresOn, minShelfLifeDays, quantity);
        }
    }

    private static Outcome<Result> handle(Request request, Call call) {
        // The order before its line: whether this is its first or its last pick is decided here,
        // and two who finish two lines at the same moment would each see the other's unfinished.
        var order = OrderHeader.lockOf(request.pickId, call);
        var pick = order.flatMap(_ -> lockLine(request.pickId, call)).filter(it -> !it.staged);
        if (order.isEmpty() || pick.isEmpty()) {
            return missing("pick", "pickId");
        }
        if (order.get().state() == OrderState.CANCELLED) {
            return refused(new OutboundRefusal.PickCancelled());
        }
        return switch (Scan.note(request.clientEventId, request.pickId, request.quantity, call)) {
            case Scan.New(var posting) -> confirm(request, order.get(), pick.get(), posting, call);
            case Scan.Counted _ ->
                    done(
                            new Result(
                                    order.get().orderId(),
                                    pick.get().orderLineId,
                                    pick.get().picked,
                                    pick.get().allocated,
                                    List.of()),
                            Subject.of(order.get().orderId()));
            case Scan.Reversed(var by) -> refused(new OutboundRefusal.ScanReversed(by));
            case Scan.Reused _ -> refused(new OutboundRefusal.ScanReused());
        };
    }

    private static Outcome<Result> confirm(
            Request request, OrderHeader order, Pick pick, PostingId posting, Call call) {
        if (!pick.active || pick.location.isEmpty()) {
            return refused(new OutboundRefusal.PickDone());
        }
        var objection =
                PickRule.objection(
                        pick.asked(pick.location.get()), request.scanned(), order.leavesOn());
        return objection.isPresent()
                ? refused(objection.get())
                : take(request, order, pick, posting, call);
    }

    private static Outcome<Result> take(
            Request request, OrderHeader order, Pick pick, PostingId posting, Call call) {
        saveLine(pick.orderLineId, request.quantity, call);
        var state = OrderProgress.of(order.orderId(), call).state();
        if (state != order.state()) {
            call.announce(new PickingAdvanced(order.orderId(), order.save(state, call), state));
        }
        return switch (call.post(posting(request, order, pick, call).withId(posting))) {
            case StockAnswer.Changed(var stock) ->
                    done(
                            new Result(
                                    order.orderId(),
                                    pick.orderLineId,
                                    pick.picked.plus(request.quantity),
                                    pick.allocated.less(request.quantity),
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

    private static Posting posting(Request request, OrderHeader order, Pick pick, Call call) {
        var atStage =
                new Bucket.Keyed(
                        pick.itemId,
                        order.stageLocationId(),
                        order.ownerId(),
                        pick.lotId,
                        Optional.empty(),
                        StockStatus.AVAILABLE);
        return Posting.within(
                Posting.Kind.PICK,
                call.now(),
                order.orderId(),
                List.of(
                        Leg.outOf(
                                new Bucket.Known(pick.bucketId), request.quantity, request.pickId),
                        Leg.inFor(
                                atStage,
                                request.quantity,
                                new ReservationId(Uuid7.next()),
                                pick.orderLineId.demand())));
    }

    private static Optional<Pick> lockLine(ReservationId pick, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select line.order_line_id,
                               line.item_id,
                               line.allocated,
                               line.picked + line.packed + line.shipped as picked,
                               reservation.state = 'ACTIVE' as active,
                               coalesce(location.kind = 'STAGE', false) as staged,
                               reservation.quantity,
                               reservation.bucket_id,
                               location.code as location,
                               item.sku,
                               item.gtin,
                               item.lot_controlled,
                               item.min_shelf_life_days,
                               bucket.lot_id,
                               lot.code as lot,
                               bucket.expires_on
                          from wms.reservation
                          join wms.outbound_order_line as line
                            on line.order_line_id = reservation.demand_id
                          join wms.item
                            on item.item_id = line.item_id
                          left join wms.bucket
                            on bucket.bucket_id = reservation.holds
                          left join wms.location
                            on location.location_id = bucket.location_id
                          left join wms.lot
                            on lot.lot_id = bucket.lot_id
                         where reservation.reservation_id = :pick
                           for no key update of line
                        """)
                .bind("pick", pick)
                .mapTo(Pick.class)
                .findOne();
    }

    private static void saveLine(OrderLineId line, Quantity taken, Call call) {
        call.sql()
                .createUpdate(
                        """
                        update wms.outbound_order_line
                           set allocated = allocated - :taken,
                               picked = picked + :taken,
                               version = version + 1
                         where order_line_id = :line
                        """)
                .bind("taken", taken)
                .bind("line", line)
                .execute();
    }
}
