package com.fluxvantage.inbound;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Outcome.refused;
import static com.fluxvantage.kernel.operation.Permission.INBOUND_RECEIVE;

import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.stock.LocationId;
import com.fluxvantage.kernel.stock.WarehouseId;
import com.fluxvantage.kernel.text.Code;

import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Opens an act of receiving against an ASN, at a dock: the scans that follow belong to it. An ASN
 * may have several receipts, one after the other or at once. The ASN is RECEIVING from the first
 * one on.
 */
final class OpenReceipt {
    static final Operation<Request, Result> OPERATION =
            Operation.post("open-receipt", "/asns/{asn_id}/receipts")
                    .summary("Opens an act of receiving against an ASN.")
                    .requires(INBOUND_RECEIVE)
                    .announces(ReceiptOpened.class)
                    .refuses(NotFound.class)
                    .refuses(InboundRefusal.AsnNotReceivable.class)
                    .refuses(InboundRefusal.NotADock.class)
                    .creates()
                    .handledBy(Request.class, Result.class, Request.EXAMPLE, OpenReceipt::handle);

    private static final Set<String> RECEIVABLE = Set.of("EXPECTED", "ARRIVED", "RECEIVING");

    /** Without {@code dock} it is the warehouse's first dock. */
    record Request(AsnId asnId, Optional<Code> dock) {
        static final Request EXAMPLE =
                new Request(new AsnId(new UUID(0, 1)), Optional.of(new Code("DOCK-1")));
    }

    record Result(ReceiptId receiptId, LocationId dockLocationId, long version) {}

    private record Asn(WarehouseId warehouseId, String state, long version) {}

    private record Dock(LocationId locationId, String kind) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var asn = lockAsn(request.asnId, call);
        if (asn.isEmpty()) {
            return missing("ASN", "asnId");
        }
        if (!RECEIVABLE.contains(asn.get().state)) {
            return refused(new InboundRefusal.AsnNotReceivable(asn.get().state));
        }
        var dock = dock(asn.get().warehouseId, request.dock, call);
        if (dock.isEmpty()) {
            return missing("dock", "dock");
        }
        if (!dock.get().kind.equals("DOCK")) {
            return refused(new InboundRefusal.NotADock(dock.get().kind));
        }
        var receipt = new ReceiptId(Uuid7.next());
        insertReceipt(receipt, request.asnId, dock.get().locationId, call);
        markReceiving(request.asnId, call);
        call.announce(new ReceiptOpened(request.asnId, asn.get().version + 1, receipt));
        return done(new Result(receipt, dock.get().locationId, 1), Subject.of(receipt));
    }

    private static Optional<Asn> lockAsn(AsnId asn, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select warehouse_id, state, version
                          from wms.asn
                         where asn_id = :asn
                           for no key update
                        """)
                .bind("asn", asn)
                .mapTo(Asn.class)
                .findOne();
    }

    private static Optional<Dock> dock(WarehouseId warehouse, Optional<Code> code, Call call) {
        return code.isPresent()
                ? dockNamed(warehouse, code.get(), call)
                : firstDock(warehouse, call);
    }

    private static Optional<Dock> dockNamed(WarehouseId warehouse, Code code, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select location_id, kind
                          from wms.location
                         where warehouse_id = :warehouse
                           and code = :code
                        """)
                .bind("warehouse", warehouse)
                .bind("code", code)
                .mapTo(Dock.class)
                .findOne();
    }

    private static Optional<Dock> firstDock(WarehouseId warehouse, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select location_id, kind
                          from wms.location
                         where warehouse_id = :warehouse
                           and kind = 'DOCK'
                         order by pick_seq, location_id
                         limit 1
                        """)
                .bind("warehouse", warehouse)
                .mapTo(Dock.class)
                .findOne();
    }

    private static void insertReceipt(ReceiptId receipt, AsnId asn, LocationId dock, Call call) {
        call.sql()
                .createUpdate(
                        """
                        insert into wms.receipt (receipt_id, asn_id, dock_location_id, state, opened_at, version)
                        values (:receipt, :asn, :dock, 'OPEN', :at, 1)
                        """)
                .bind("receipt", receipt)
                .bind("asn", asn)
                .bind("dock", dock)
                .bind("at", call.now())
                .execute();
    }

    private static void markReceiving(AsnId asn, Call call) {
        call.sql()
                .createUpdate(
                        """
                        update wms.asn
                           set state = 'RECEIVING', version = version + 1, updated_at = :at
                         where asn_id = :asn
                        """)
                .bind("asn", asn)
                .bind("at", call.now())
                .execute();
    }
}
