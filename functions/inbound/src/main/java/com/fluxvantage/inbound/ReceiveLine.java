package com.fluxvantage.inbound;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Outcome.refused;
import static com.fluxvantage.kernel.operation.Permission.INBOUND_RECEIVE;

import com.fluxvantage.inbound.ReceivingTolerance.Room;
import com.fluxvantage.inbound.ReceivingTolerance.Share;
import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.InvalidValue;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.stock.Bucket;
import com.fluxvantage.kernel.stock.BucketVersion;
import com.fluxvantage.kernel.stock.ItemId;
import com.fluxvantage.kernel.stock.Leg;
import com.fluxvantage.kernel.stock.LocationId;
import com.fluxvantage.kernel.stock.LotId;
import com.fluxvantage.kernel.stock.OwnerId;
import com.fluxvantage.kernel.stock.Posting;
import com.fluxvantage.kernel.stock.PostingId;
import com.fluxvantage.kernel.stock.Scan;
import com.fluxvantage.kernel.stock.StockAnswer;
import com.fluxvantage.kernel.text.ClientEventId;
import com.fluxvantage.kernel.text.Gtin;
import com.fluxvantage.kernel.text.ItemScan;
import com.fluxvantage.kernel.text.LotCode;
import com.fluxvantage.kernel.text.Sku;

import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Counts units in against an open receipt: one scan, good or damaged, at the receipt's dock. The
 * scan names the item by SKU or GTIN, not the line: several lines of one item fill in the order of
 * the announcement. More than announced is taken up to the item's tolerance, then refused. A device
 * that is not sure whether a scan arrived sends it again with the same event id, and it is counted
 * once. Quantities are in the item's unit.
 */
final class ReceiveLine {
    static final Operation<Request, Result> OPERATION =
            Operation.post("receive-line", "/receipts/{receipt_id}/receive")
                    .summary("Counts units in against an open receipt.")
                    .requires(INBOUND_RECEIVE)
                    .announces(GoodsReceived.class)
                    .refuses(NotFound.class)
                    .refuses(InboundRefusal.ReceiptNotOpen.class)
                    .refuses(InboundRefusal.NotAnnounced.class)
                    .refuses(InboundRefusal.OverReceipt.class)
                    .refuses(InboundRefusal.LotRequired.class)
                    .refuses(InboundRefusal.LotNotWanted.class)
                    .refuses(InboundRefusal.ExpiryRequired.class)
                    .refuses(InboundRefusal.LotHasNoExpiry.class)
                    .refuses(InboundRefusal.ExpiryDiffers.class)
                    .refuses(InboundRefusal.LotExpiresTooSoon.class)
                    .refuses(InboundRefusal.ScanReused.class)
                    .refuses(InboundRefusal.ScanReversed.class)
                    .handledBy(Request.class, Result.class, Request.EXAMPLE, ReceiveLine::handle);

    record Request(
            ReceiptId receiptId,
            Optional<Sku> sku,
            Optional<Gtin> gtin,
            Quantity quantity,
            Condition condition,
            Optional<LotCode> lot,
            Optional<LocalDate> expiresOn,
            Optional<ClientEventId> clientEventId) {
        static final Request EXAMPLE =
                new Request(
                        new ReceiptId(new UUID(0, 1)),
                        Optional.of(new Sku("TEA-EARL-GREY-50")),
                        Optional.empty(),
                        Quantity.of(12),
                        Condition.GOOD,
                        Optional.of(new LotCode("L2026-31")),
                        Optional.of(LocalDate.parse("2027-10-31")),
                        Optional.of(new ClientEventId("0193a0b0-5d6e-7c1f-8a2b-3c4d5e6f7081")));

        Request {
            ItemScan.check(sku, gtin);
            if (quantity.isNone()) {
                throw new InvalidValue("quantity", "out-of-range", "Nothing was counted.");
            }
            if (expiresOn.isPresent() && lot.isEmpty()) {
                throw new InvalidValue(
                        "expiresOn", "without-lot", "An expiry date belongs to a lot.");
            }
        }

        ItemScan item() {
            return new ItemScan(sku, gtin);
        }
    }

    /**
     * {@code stock} names the bucket at the dock, from which a putaway carries the units on. It is
     * empty where the scan had been counted before; {@code lines} are then all lines of the item.
     */
    record Result(List<LineCount> lines, List<BucketVersion> stock) {}

    record LineCount(AsnLineId lineId, Quantity received, Quantity stillExpected) {}

    private record Item(
            ItemId itemId,
            boolean lotControlled,
            boolean leavesByExpiry,
            int minShelfLifeDays,
            int overReceiptPercent) {}

    private record Line(
            AsnLineId asnLineId, OwnerId ownerId, Quantity expected, Quantity received) {
        LineCount count() {
            return new LineCount(asnLineId, received, expected.less(received));
        }

        Line plus(Quantity counted) {
            return new Line(asnLineId, ownerId, expected, received.plus(counted));
        }
    }

    private record Receipt(String state, LocationId dockLocationId, String timeZone) {}

    private record Lot(LotId lotId, Optional<LocalDate> expiresOn) {}

    private record Saved(AsnLineId asnLineId, long version) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var item = item(request.item(), call);
        if (item.isEmpty()) {
            return missing("item", request.item().field());
        }
        // Lines first, then the receipt's state: whoever closes takes the same locks, so no
        // scan gets into a receipt that was closed meanwhile, and scanners never queue on the
        // receipt itself.
        var lines = lockLines(request.receiptId, item.get().itemId, call);
        var receipt = receipt(request.receiptId, call);
        if (receipt.isEmpty()) {
            return missing("receipt", "receiptId");
        }
        return switch (Scan.note(
                request.clientEventId, request.receiptId, request.quantity, call)) {
            case Scan.New(var posting) ->
                    countIn(request, item.get(), lines, receipt.get(), posting, call);
            case Scan.Counted(_, var counted) when counted.equals(item.get().itemId) ->
                    done(
                            new Result(lines.stream().map(Line::count).toList(), List.of()),
                            Subject.of(request.receiptId));
            case Scan.Reversed(var by) -> refused(new InboundRefusal.ScanReversed(by));
            case Scan.Counted _, Scan.Reused _ -> refused(new InboundRefusal.ScanReused());
        };
    }

    private static Outcome<Result> countIn(
            Request request,
            Item item,
            List<Line> lines,
            Receipt receipt,
            PostingId posting,
            Call call) {
        if (!receipt.state.equals("OPEN")) {
            return refused(new InboundRefusal.ReceiptNotOpen(receipt.state));
        }
        if (lines.isEmpty()) {
            return refused(new InboundRefusal.NotAnnounced());
        }
        var tolerance = new ReceivingTolerance(item.overReceiptPercent);
        var rooms =
                lines.stream().map(line -> new Room<>(line, line.expected, line.received)).toList();
        var shares = tolerance.fill(rooms, request.quantity);
        if (shares.isEmpty()) {
            return refused(
                    new InboundRefusal.OverReceipt(
                            sum(lines, Line::expected),
                            sum(lines, Line::received),
                            tolerance.stillAllowed(rooms)));
        }
        var rule = new LotRule(item.lotControlled, item.leavesByExpiry, item.minShelfLifeDays);
        var objection = rule.objectsTo(request.lot);
        if (objection.isPresent()) {
            return refused(objection.get());
        }
        var lot = request.lot.map(code -> findOrAdd(item.itemId, code, request.expiresOn, call));
        if (lot.isPresent()) {
            var today = LocalDate.ofInstant(call.now(), ZoneId.of(receipt.timeZone));
            objection = rule.objectsTo(request.expiresOn, lot.get().expiresOn, today);
            if (objection.isPresent()) {
                return refused(objection.get());
            }
        }
        announce(request, item, save(shares.get(), request.condition, call), shares.get(), call);
        return switch (call.post(
                posting(request, item, receipt, lot.map(Lot::lotId), shares.get(), call)
                        .withId(posting))) {
            case StockAnswer.Changed(var stock) ->
                    done(new Result(counts(shares.get()), stock), Subject.of(request.receiptId));
            case StockAnswer.Unchanged _ ->
                    throw call.searchAgain(); // the bucket was swept before it was locked
        };
    }

    private static Posting posting(
            Request request,
            Item item,
            Receipt receipt,
            Optional<LotId> lot,
            List<Share<Line>> shares,
            Call call) {
        var legs =
                shares.stream()
                        .map(share ->
                                Leg.in(bucket(request, item, receipt, lot, share), share.quantity())
                                        .forLine(share.line().asnLineId));
        return Posting.against(
                Posting.Counterpart.SUPPLIER,
                Posting.Kind.RECEIPT,
                call.now(),
                request.receiptId,
                legs.toList());
    }

    private static Bucket bucket(
            Request request, Item item, Receipt receipt, Optional<LotId> lot, Share<Line> share) {
        return new Bucket.Keyed(
                item.itemId,
                receipt.dockLocationId,
                share.line().ownerId,
                lot,
                Optional.empty(),
                request.condition.stockStatus());
    }

    private static void announce(
            Request request, Item item, List<Saved> saved, List<Share<Line>> shares, Call call) {
        for (var share : shares) {
            var line = share.line().asnLineId;
            long version =
                    saved.stream()
                            .filter(it -> it.asnLineId.equals(line))
                            .findFirst()
                            .orElseThrow()
                            .version;
            call.announce(
                    new GoodsReceived(
                            line,
                            version,
                            request.receiptId,
                            item.itemId,
                            share.quantity(),
                            request.condition));
        }
    }

    private static List<LineCount> counts(List<Share<Line>> shares) {
        return shares.stream().map(share -> share.line().plus(share.quantity()).count()).toList();
    }

    private static Quantity sum(List<Line> lines, java.util.function.Function<Line, Quantity> of) {
        return lines.stream().map(of).reduce(Quantity.NONE, Quantity::plus);
    }

    private static Optional<Item> item(ItemScan scanned, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select item_id,
                               lot_controlled,
                               rotation = 'FEFO' as leaves_by_expiry,
                               min_shelf_life_days,
                               over_receipt_percent
                          from wms.item
                         where item_id = (select by_sku.item_id from wms.item as by_sku where by_sku.sku = :sku
                                           union all
                                          select by_gtin.item_id from wms.item as by_gtin where by_gtin.gtin = :gtin)
                        """)
                .bind("sku", scanned.sku())
                .bind("gtin", scanned.gtin())
                .mapTo(Item.class)
                .findOne();
    }

    // Two scanners, or two receipts of one ASN, share a line: the lock makes the second one add
    // to what the first one counted, and over-receipt is judged on the sum. Locked by id, filled
    // by number.
    private static List<Line> lockLines(ReceiptId receipt, ItemId item, Call call) {
        return call.sql()
                .createQuery(
                        """
                        with locked as (
                            select line_no,
                                   asn_line_id,
                                   owner_id,
                                   expected,
                                   received_good + received_damaged as received
                              from wms.asn_line
                             where asn_id = (select asn_id from wms.receipt where receipt_id = :receipt)
                               and item_id = :item
                             order by asn_line_id
                               for no key update)
                        select asn_line_id, owner_id, expected, received
                          from locked
                         order by line_no
                        """)
                .bind("receipt", receipt)
                .bind("item", item)
                .mapTo(Line.class)
                .list();
    }

    private static Optional<Receipt> receipt(ReceiptId receipt, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select receipt.state,
                               receipt.dock_location_id,
                               (select warehouse.time_zone
                                  from wms.warehouse
                                 where warehouse.warehouse_id = (select asn.warehouse_id
                                                                   from wms.asn
                                                                  where asn.asn_id = receipt.asn_id)) as time_zone
                          from wms.receipt as receipt
                         where receipt.receipt_id = :receipt
                        """)
                .bind("receipt", receipt)
                .mapTo(Receipt.class)
                .findOne();
    }

    // Whoever comes second inserts nothing and reads the first one's lot.
    private static Lot findOrAdd(
            ItemId item, LotCode code, Optional<LocalDate> expiresOn, Call call) {
        call.sql()
                .createUpdate(
                        """
                        insert into wms.lot (lot_id, item_id, code, expires_on)
                        values (:lot, :item, :code, :expires_on)
                            on conflict do nothing
                        """)
                .bind("lot", new LotId(Uuid7.next()))
                .bind("item", item)
                .bind("code", code)
                .bind("expires_on", expiresOn)
                .execute();
        return call.sql()
                .createQuery(
                        """
                        select lot_id, expires_on
                          from wms.lot
                         where item_id = :item
                           and code = :code
                        """)
                .bind("item", item)
                .bind("code", code)
                .mapTo(Lot.class)
                .one();
    }

    private static List<Saved> save(List<Share<Line>> shares, Condition condition, Call call) {
        return call.sql()
                .createQuery(
                        """
                        update wms.asn_line as line
                           set received_good = received_good + case when :good then share.quantity else 0 end,
                               received_damaged = received_damaged + case when :good then 0 else share.quantity end,
                               state = case when received_good + received_damaged + share.quantity >= expected
                                            then 'COMPLETE'
                                            else 'PARTIAL' end,
                               version = version + 1
                          from unnest(:lines, :quantities) as share (line_id, quantity)
                         where line.asn_line_id = share.line_id
                        returning line.asn_line_id, line.version
                        """)
                .bind("good", condition == Condition.GOOD)
                .bind(
                        "lines",
                        shares.stream().map(it -> it.line().asnLineId.uuid()).toArray(UUID[]::new))
                .bind(
                        "quantities",
                        shares.stream().map(it -> it.quantity().units()).toArray(Long[]::new))
                .mapTo(Saved.class)
                .list();
    }
}
