package com.fluxvantage.inbound;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Outcome.refused;
import static com.fluxvantage.kernel.operation.Permission.INBOUND_RECEIVE;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.stock.Bucket;
import com.fluxvantage.kernel.stock.BucketVersion;
import com.fluxvantage.kernel.stock.LastScan;
import com.fluxvantage.kernel.stock.LastScan.Moved;
import com.fluxvantage.kernel.stock.Leg;
import com.fluxvantage.kernel.stock.Posting;
import com.fluxvantage.kernel.stock.PostingId;
import com.fluxvantage.kernel.stock.StockAnswer;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Takes back the caller's own last scan of a receipt, as if it had not been made: its units leave
 * the dock for the supplier again, and each line counts as much less as the scan had counted on it.
 * Only while the receipt is open and the units still stand free at its dock, and only once; what is
 * found to be wrong later is adjusted. Quantities are in the item's unit.
 */
final class ReverseReceiptScan {
    static final Operation<Request, Result> OPERATION =
            Operation.post("reverse-receipt-scan", "/receipts/{receipt_id}/reverse-last-scan")
                    .summary("Takes back the caller's own last scan of an open receipt.")
                    .requires(INBOUND_RECEIVE)
                    .announces(GoodsTakenBack.class)
                    .refuses(NotFound.class)
                    .refuses(InboundRefusal.NothingToReverse.class)
                    .refuses(InboundRefusal.ReceiptNotOpen.class)
                    .refuses(InboundRefusal.AlreadyReversed.class)
                    .refuses(InboundRefusal.ScanBuiltOn.class)
                    .handledBy(
                            Request.class,
                            Result.class,
                            Request.EXAMPLE,
                            ReverseReceiptScan::handle);

    record Request(ReceiptId receiptId) {
        static final Request EXAMPLE = new Request(new ReceiptId(new UUID(0, 1)));
    }

    /** {@code reversed} is the posting of the scan. */
    record Result(
            PostingId postingId,
            PostingId reversed,
            List<LineCount> lines,
            List<BucketVersion> stock) {}

    record LineCount(
            AsnLineId lineId, Quantity takenBack, Quantity received, Quantity stillExpected) {}

    private record Line(
            AsnLineId asnLineId,
            Quantity takenBack,
            Quantity expected,
            Quantity received,
            long version) {
        LineCount count() {
            return new LineCount(asnLineId, takenBack, received, expected.less(received));
        }
    }

    private static Outcome<Result> handle(Request request, Call call) {
        // A scan may be of a bucket with the same bits, so the receipt itself is asked for first.
        if (state(request.receiptId, call).isEmpty()) {
            return missing("receipt", "receiptId");
        }
        var scan = LastScan.of(request.receiptId, call);
        if (scan.isEmpty()) {
            return refused(new InboundRefusal.NothingToReverse());
        }
        // Lines first, then the receipt's state, as a scan does: whoever closes takes the same
        // locks, so that nothing is taken out of a receipt that was closed meanwhile.
        var moved = scan.get().moved(call);
        lockLines(moved, call);
        var state = state(request.receiptId, call).orElseThrow();
        return state.equals("OPEN")
                ? reverse(request, scan.get(), moved, call)
                : refused(new InboundRefusal.ReceiptNotOpen(state));
    }

    private static Outcome<Result> reverse(
            Request request, LastScan scan, List<Moved> moved, Call call) {
        var legs =
                moved.stream()
                        .map(it ->
                                Leg.out(new Bucket.Known(it.bucketId()), it.quantity())
                                        .forLine(line(it)));
        var posting =
                Posting.against(
                                Posting.Counterpart.SUPPLIER,
                                Posting.Kind.RECEIPT,
                                call.now(),
                                request.receiptId,
                                legs.toList())
                        .reversing(scan.posting());
        if (!scan.reverse(posting.id(), call)) {
            return refused(new InboundRefusal.AlreadyReversed(scan.posting()));
        }
        var lines = save(moved, call);
        announce(request, moved, lines, call);
        return switch (call.post(posting)) {
            case StockAnswer.Changed(var stock) ->
                    done(
                            new Result(
                                    posting.id(),
                                    scan.posting(),
                                    lines.stream().map(Line::count).toList(),
                                    stock),
                            Subject.of(request.receiptId));
            // A bucket that was swept since holds nothing either.
            case StockAnswer.Unchanged(var obstacles) ->
                    refused(
                            new InboundRefusal.ScanBuiltOn(
                                    obstacles.getFirst().free().orElse(Quantity.NONE)));
        };
    }

    private static void announce(Request request, List<Moved> moved, List<Line> lines, Call call) {
        for (var goods : moved) {
            var line =
                    lines.stream()
                            .filter(it -> it.asnLineId.equals(line(goods)))
                            .findFirst()
                            .orElseThrow();
            call.announce(
                    new GoodsTakenBack(
                            line.asnLineId,
                            line.version,
                            request.receiptId,
                            goods.itemId(),
                            goods.quantity(),
                            Condition.of(goods.status())));
        }
    }

    private static AsnLineId line(Moved goods) {
        return new AsnLineId(goods.lineId().orElseThrow());
    }

    private static UUID[] lines(List<Moved> moved) {
        return moved.stream().map(it -> line(it).uuid()).toArray(UUID[]::new);
    }

    private static void lockLines(List<Moved> moved, Call call) {
        call.sql()
                .createQuery(
                        """
                        select asn_line_id
                          from wms.asn_line
                         where asn_line_id = any(:lines)
                         order by asn_line_id
                           for no key update
                        """)
                .bind("lines", lines(moved))
                .mapTo(AsnLineId.class)
                .list();
    }

    private static Optional<String> state(ReceiptId receipt, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select state
                          from wms.receipt
                         where receipt_id = :receipt
                        """)
                .bind("receipt", receipt)
                .mapTo(String.class)
                .findOne();
    }

    private static List<Line> save(List<Moved> moved, Call call) {
        return call.sql()
                .createQuery(
                        """
                        update wms.asn_line as line
                           set received_good = received_good - case when :good then share.quantity else 0 end,
                               received_damaged = received_damaged - case when :good then 0 else share.quantity end,
                               state = case when received_good + received_damaged - share.quantity >= expected
                                            then 'COMPLETE'
                                            when received_good + received_damaged > share.quantity
                                            then 'PARTIAL'
                                            else 'OPEN' end,
                               version = version + 1
                          from unnest(:lines, :quantities) as share (line_id, quantity)
                         where line.asn_line_id = share.line_id
                        returning line.asn_line_id,
                                  share.quantity as taken_back,
                                  line.expected,
                                  line.received_good + line.received_damaged as received,
                                  line.version
                        """)
                .bind("good", Condition.of(moved.getFirst().status()) == Condition.GOOD)
                .bind("lines", lines(moved))
                .bind(
                        "quantities",
                        moved.stream().map(it -> it.quantity().units()).toArray(Long[]::new))
                .mapTo(Line.class)
                .list();
    }
}
