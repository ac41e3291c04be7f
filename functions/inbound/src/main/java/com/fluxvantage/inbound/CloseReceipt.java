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

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Ends an act of receiving: nothing more is counted into it. One into which nothing was counted, or
 * nothing that was not taken back, is cancelled instead. The ASN is RECEIVED once every line of it
 * is complete and no receipt of it is open; until then it stays RECEIVING, and another receipt can
 * take what is still to come.
 */
final class CloseReceipt {
    static final Operation<Request, Result> OPERATION =
            Operation.post("close-receipt", "/receipts/{receipt_id}/close")
                    .summary("Ends an act of receiving.")
                    .requires(INBOUND_RECEIVE)
                    .announces(ReceiptClosed.class)
                    .refuses(NotFound.class)
                    .refuses(InboundRefusal.ReceiptNotOpen.class)
                    .handledBy(Request.class, Result.class, Request.EXAMPLE, CloseReceipt::handle);

    record Request(ReceiptId receiptId) {
        static final Request EXAMPLE = new Request(new ReceiptId(new UUID(0, 1)));
    }

    record Result(ReceiptId receiptId, String state, String asnState, long version) {}

    private record Asn(AsnId asnId, String state, long version) {}

    private record Receipt(String state, long version, boolean isEmpty, boolean isLastOpen) {}

    private static Outcome<Result> handle(Request request, Call call) {
        // The document, then its lines: a scan holds a line while it reads the receipt's state,
        // so after this every scan that was let in is committed and every later one finds the
        // receipt closed.
        var asn = lockAsn(request.receiptId, call);
        if (asn.isEmpty()) {
            return missing("receipt", "receiptId");
        }
        var lineStates = lockLines(asn.get().asnId, call);
        var receipt = receipt(request.receiptId, asn.get().asnId, call);
        if (!receipt.state.equals("OPEN")) {
            return refused(new InboundRefusal.ReceiptNotOpen(receipt.state));
        }
        String state = receipt.isEmpty ? "CANCELLED" : "CLOSED";
        boolean isComplete = lineStates.stream().allMatch("COMPLETE"::equals);
        String asnState = isComplete && receipt.isLastOpen ? "RECEIVED" : asn.get().state;
        close(request.receiptId, state, call);
        update(asn.get().asnId, asnState, call);
        call.announce(
                new ReceiptClosed(
                        asn.get().asnId, asn.get().version + 1, request.receiptId, asnState));
        return done(
                new Result(request.receiptId, state, asnState, receipt.version + 1),
                Subject.of(request.receiptId));
    }

    private static Optional<Asn> lockAsn(ReceiptId receipt, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select asn_id, state, version
                          from wms.asn
                         where asn_id = (select asn_id from wms.receipt where receipt_id = :receipt)
                           for no key update
                        """)
                .bind("receipt", receipt)
                .mapTo(Asn.class)
                .findOne();
    }

    private static List<String> lockLines(AsnId asn, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select state
                          from wms.asn_line
                         where asn_id = :asn
                         order by asn_line_id
                           for no key update
                        """)
                .bind("asn", asn)
                .mapTo(String.class)
                .list();
    }

    private static Receipt receipt(ReceiptId receipt, AsnId asn, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select state,
                               version,
                               coalesce((select sum(quantity)
                                           from wms.movement
                                          where document_id = :receipt
                                            and bucket_id is not null), 0) = 0 as is_empty,
                               not exists (select from wms.receipt as other
                                            where other.asn_id = :asn
                                              and other.receipt_id <> :receipt
                                              and other.state = 'OPEN') as is_last_open
                          from wms.receipt
                         where receipt_id = :receipt
                        """)
                .bind("receipt", receipt)
                .bind("asn", asn)
                .mapTo(Receipt.class)
                .one();
    }

    private static void close(ReceiptId receipt, String state, Call call) {
        call.sql()
                .createUpdate(
                        """
                        update wms.receipt
                           set state = :state, closed_at = :at, version = version + 1
                         where receipt_id = :receipt
                        """)
                .bind("receipt", receipt)
                .bind("state", state)
                .bind("at", call.now())
                .execute();
    }

    private static void update(AsnId asn, String state, Call call) {
        call.sql()
                .createUpdate(
                        """
                        update wms.asn
                           set state = :state, version = version + 1, updated_at = :at
                         where asn_id = :asn
                        """)
                .bind("asn", asn)
                .bind("state", state)
                .bind("at", call.now())
                .execute();
    }
}
