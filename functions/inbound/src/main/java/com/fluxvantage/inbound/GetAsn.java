package com.fluxvantage.inbound;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Permission.INBOUND_READ;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.operation.Versioned;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.stock.WarehouseId;
import com.fluxvantage.kernel.text.Reference;
import com.fluxvantage.kernel.text.Sku;

import java.util.List;
import java.util.UUID;

/** Shows an ASN: what was announced, what has come, and the receipts in which it was counted. */
final class GetAsn {
    static final Operation<Request, Result> OPERATION =
            Operation.get("get-asn", "/asns/{asn_id}")
                    .summary("Shows an ASN with what has been received of it.")
                    .requires(INBOUND_READ)
                    .refuses(NotFound.class)
                    .handledBy(Request.class, Result.class, Request.EXAMPLE, GetAsn::handle);

    record Request(AsnId asnId) {
        static final Request EXAMPLE = new Request(new AsnId(new UUID(0, 1)));
    }

    record Result(
            AsnId asnId,
            WarehouseId warehouseId,
            Reference reference,
            String state,
            long version,
            List<Line> lines,
            List<Receipt> receipts)
            implements Versioned {}

    record Line(
            AsnLineId lineId,
            int lineNo,
            Sku sku,
            Quantity expected,
            Quantity receivedGood,
            Quantity receivedDamaged,
            String state) {}

    record Receipt(ReceiptId receiptId, String state) {}

    private record Header(
            WarehouseId warehouseId, Reference reference, String state, long version) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var header =
                call.sql()
                        .createQuery(
                                """
                                select warehouse_id, reference, state, version
                                  from wms.asn
                                 where asn_id = :asn
                                """)
                        .bind("asn", request.asnId)
                        .mapTo(Header.class)
                        .findOne();
        if (header.isEmpty()) {
            return missing("ASN", "asnId");
        }
        var asn = header.get();
        return done(
                new Result(
                        request.asnId,
                        asn.warehouseId,
                        asn.reference,
                        asn.state,
                        asn.version,
                        lines(request.asnId, call),
                        receipts(request.asnId, call)),
                Subject.of(request.asnId));
    }

    private static List<Line> lines(AsnId asn, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select line.asn_line_id as line_id,
                               line.line_no,
                               item.sku,
                               line.expected,
                               line.received_good,
                               line.received_damaged,
                               line.state
                          from wms.asn_line as line
                          join wms.item as item on item.item_id = line.item_id
                         where line.asn_id = :asn
                         order by line.line_no
                        """)
                .bind("asn", asn)
                .mapTo(Line.class)
                .list();
    }

    private static List<Receipt> receipts(AsnId asn, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select receipt_id, state
                          from wms.receipt
                         where asn_id = :asn
                         order by opened_at, receipt_id
                        """)
                .bind("asn", asn)
                .mapTo(Receipt.class)
                .list();
    }
}
