package com.fluxvantage.inbound;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Outcome.refused;
import static com.fluxvantage.kernel.operation.Permission.INBOUND_ANNOUNCE;

import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.InvalidValue;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.stock.WarehouseId;
import com.fluxvantage.kernel.text.Name;
import com.fluxvantage.kernel.text.Reference;
import com.fluxvantage.kernel.text.Sku;

import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * Announces goods that are on their way to a warehouse: an ASN with its lines, EXPECTED from now
 * on. One item may stand on several lines. Refuses a reference that the tenant has used before, and
 * items that are not in the catalogue. The goods belong to the tenant's house owner.
 */
final class AnnounceAsn {
    /** A full truck of small parts; what is larger is announced in parts. */
    static final int MOST_LINES = 1_000;

    static final Operation<Request, Result> OPERATION =
            Operation.post("announce-asn", "/asns")
                    .summary("Announces goods that are on their way to a warehouse.")
                    .requires(INBOUND_ANNOUNCE)
                    .refuses(NotFound.class)
                    .refuses(InboundRefusal.ReferenceTaken.class)
                    .creates()
                    .handledBy(Request.class, Result.class, Request.EXAMPLE, AnnounceAsn::handle);

    record Request(
            WarehouseId warehouseId,
            Reference reference,
            Optional<Name> supplier,
            Optional<LocalDate> expectedOn,
            List<Line> lines) {
        static final Request EXAMPLE =
                new Request(
                        new WarehouseId(new UUID(0, 1)),
                        new Reference("ASN-4711"),
                        Optional.of(new Name("Assam Estates")),
                        Optional.of(LocalDate.parse("2026-12-01")),
                        List.of(new Line(new Sku("TEA-EARL-GREY-50"), Quantity.of(240))));

        Request {
            if (lines.isEmpty()) {
                throw new InvalidValue("lines", "required", "An ASN has at least one line.");
            }
            if (lines.size() > MOST_LINES) {
                throw new InvalidValue(
                        "lines", "too-many", "An ASN has at most " + MOST_LINES + " lines.");
            }
            if (lines.stream().mapToLong(it -> it.quantity.units()).sum() > Quantity.MOST) {
                throw new InvalidValue(
                        "lines",
                        "out-of-range",
                        "An ASN announces at most " + Quantity.MOST + " units.");
            }
            lines = List.copyOf(lines);
        }
    }

    record Line(Sku sku, Quantity quantity) {
        Line {
            if (quantity.isNone()) {
                throw new InvalidValue(
                        "quantity", "out-of-range", "A line announces at least one unit.");
            }
        }
    }

    record Result(AsnId asnId, long version, List<LineNumber> lines) {}

    record LineNumber(int lineNo, AsnLineId lineId) {}

    private static Outcome<Result> handle(Request request, Call call) {
        if (!warehouseExists(request.warehouseId, call)) {
            return missing("warehouse", "warehouseId");
        }
        var asn = new AsnId(Uuid7.next());
        if (insertAsn(asn, request, call) == 0) {
            return refused(new InboundRefusal.ReferenceTaken());
        }
        var lines = request.lines.stream().map(_ -> new AsnLineId(Uuid7.next())).toList();
        // An unknown SKU joins no item, and its line is not inserted.
        var inserted = insertLines(asn, lines, request.lines, call);
        var unknown =
                IntStream.range(0, lines.size())
                        .filter(at -> !inserted.contains(at + 1))
                        .findFirst();
        if (unknown.isPresent()) {
            return missing("item", "lines/" + unknown.getAsInt() + "/sku");
        }
        return done(new Result(asn, 1, numbered(lines)), Subject.of(asn));
    }

    private static List<LineNumber> numbered(List<AsnLineId> lines) {
        return IntStream.range(0, lines.size())
                .mapToObj(at -> new LineNumber(at + 1, lines.get(at)))
                .toList();
    }

    private static boolean warehouseExists(WarehouseId warehouse, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select exists (select from wms.warehouse where warehouse_id = :warehouse)
                        """)
                .bind("warehouse", warehouse)
                .mapTo(Boolean.class)
                .one();
    }

    private static int insertAsn(AsnId asn, Request request, Call call) {
        return call.sql()
                .createUpdate(
                        """
                        insert into wms.asn (
                            asn_id, warehouse_id, reference, supplier, expected_on, state, version, announced_at, updated_at)
                        values (:asn, :warehouse, :reference, :supplier, :expected_on, 'EXPECTED', 1, :at, :at)
                            on conflict do nothing
                        """)
                .bind("asn", asn)
                .bind("warehouse", request.warehouseId)
                .bind("reference", request.reference)
                .bind("supplier", request.supplier)
                .bind("expected_on", request.expectedOn)
                .bind("at", call.now())
                .execute();
    }

    private static Set<Integer> insertLines(
            AsnId asn, List<AsnLineId> ids, List<Line> lines, Call call) {
        return call.sql()
                .createQuery(
                        """
                        insert into wms.asn_line (
                            asn_line_id, asn_id, line_no, item_id, owner_id, expected,
                            received_good, received_damaged, state, version)
                        select line.id,
                               :asn,
                               line.no,
                               item.item_id,
                               (select owner_id from wms.owner where house),
                               line.quantity,
                               0,
                               0,
                               'OPEN',
                               1
                          from unnest(:ids, :skus, :quantities) with ordinality as line (id, sku, quantity, no)
                          join wms.item as item on item.sku = line.sku
                        returning line_no
                        """)
                .bind("asn", asn)
                .bind("ids", ids.stream().map(AsnLineId::uuid).toArray(UUID[]::new))
                .bind("skus", lines.stream().map(it -> it.sku.value()).toArray(String[]::new))
                .bind(
                        "quantities",
                        lines.stream().map(it -> it.quantity.units()).toArray(Long[]::new))
                .mapTo(Integer.class)
                .set();
    }
}
