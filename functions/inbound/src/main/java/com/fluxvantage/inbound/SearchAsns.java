package com.fluxvantage.inbound;

import static com.fluxvantage.kernel.operation.Outcome.found;
import static com.fluxvantage.kernel.operation.Permission.INBOUND_READ;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Cursor;
import com.fluxvantage.kernel.operation.InvalidValue;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.PageLimit;
import com.fluxvantage.kernel.operation.PageRequest;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.stock.WarehouseId;
import com.fluxvantage.kernel.text.Name;
import com.fluxvantage.kernel.text.Reference;

import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Finds announcements by state, warehouse, reference and the day on which they are expected, the
 * soonest first, as the dock plans its day; those without a day come last, and are not found when a
 * day is asked for. The day never changes, so the list stands still while it is paged. Quantities
 * are sums over the lines, each in its item's unit; more may have come than was expected. A filter
 * that names nothing, or another tenant's warehouse, finds nothing.
 */
final class SearchAsns {
    static final Operation<Request, Result> OPERATION =
            Operation.get("search-asns", "/asns")
                    .summary("Finds announced deliveries, with what has come of each.")
                    .requires(INBOUND_READ)
                    .handledBy(Request.class, Result.class, Request.EXAMPLE, SearchAsns::handle);

    private static final UUID BEFORE_ALL = new UUID(0, 0);

    private static final LocalDate LAST_DAY = LocalDate.parse("9999-12-31");

    /** Both days are included. */
    record Request(
            Optional<List<AsnState>> state,
            Optional<WarehouseId> warehouseId,
            Optional<Reference> reference,
            Optional<LocalDate> expectedFrom,
            Optional<LocalDate> expectedTo,
            Optional<PageLimit> limit,
            Optional<Cursor> cursor) {
        static final Request EXAMPLE =
                new Request(
                        Optional.of(List.of(AsnState.EXPECTED, AsnState.RECEIVING)),
                        Optional.of(new WarehouseId(new UUID(0, 1))),
                        Optional.empty(),
                        Optional.of(LocalDate.parse("2026-11-24")),
                        Optional.of(LocalDate.parse("2026-11-30")),
                        Optional.of(new PageLimit(20)),
                        Optional.empty());

        Request {
            state = state.map(List::copyOf);
            if (expectedFrom.isPresent()
                    && expectedTo.isPresent()
                    && expectedTo.get().isBefore(expectedFrom.get())) {
                throw new InvalidValue(
                        "expectedTo", "out-of-range", "The last day is before the first one.");
            }
        }

        String[] states() {
            return state.orElse(List.of(AsnState.values())).stream()
                    .distinct()
                    .map(AsnState::name)
                    .toArray(String[]::new);
        }

        /** Whoever asks for a day does not ask for what has none. */
        Optional<LocalDate> lastDay() {
            return expectedTo.or(() -> expectedFrom.map(_ -> LAST_DAY));
        }
    }

    record Result(List<Asn> items, Optional<Cursor> nextCursor) {}

    record Asn(
            AsnId asnId,
            WarehouseId warehouseId,
            Reference reference,
            Optional<Name> supplier,
            AsnState state,
            Optional<LocalDate> expectedOn,
            int lines,
            Quantity expected,
            Quantity receivedGood,
            Quantity receivedDamaged,
            long version) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var page = call.page(request.limit, request.cursor);
        var asns =
                page.of(
                        asns(request, page, call),
                        asn ->
                                List.of(
                                        asn.expectedOn.map(LocalDate::toString).orElse(""),
                                        asn.asnId.uuid().toString()));
        return found(new Result(asns.items(), asns.nextCursor()));
    }

    // Each state of each warehouse is a stretch of one index in the order of the list, and of each
    // no more is read than the page holds. The lines are summed for the ASNs of the page alone.
    private static List<Asn> asns(Request request, PageRequest page, Call call) {
        boolean isFirst = page.after().isEmpty();
        var afterDay =
                isFirst
                        ? request.expectedFrom
                        : Optional.of(page.after(0, ""))
                                .filter(it -> !it.isEmpty())
                                .map(LocalDate::parse);
        return call.sql()
                .createQuery(
                        """
                        select listed.asn_id,
                               listed.warehouse_id,
                               listed.reference,
                               listed.supplier,
                               listed.state,
                               listed.expected_on,
                               total.lines,
                               total.expected,
                               total.received_good,
                               total.received_damaged,
                               listed.version
                          from (select warehouse.warehouse_id,
                                       stretch.asn_id,
                                       stretch.reference,
                                       stretch.supplier,
                                       stretch.state,
                                       stretch.expected_on,
                                       stretch.due_on,
                                       stretch.version
                                  from wms.warehouse
                                 cross join unnest(:states) as wanted (state)
                                 cross join lateral (
                                       select asn_id, reference, supplier, state, expected_on, due_on, version
                                         from wms.asn
                                        where asn.warehouse_id = warehouse.warehouse_id
                                          and asn.state = wanted.state
                                          and (cast(:reference as text) is null or reference = :reference)
                                          and (due_on, asn_id) > (coalesce(cast(:after_day as date), cast(:without_day as date)), :after_asn)
                                          and due_on <= coalesce(cast(:last_day as date), 'infinity')
                                        order by due_on, asn_id
                                        limit :fetch) as stretch
                                 where (cast(:warehouse as uuid) is null or warehouse.warehouse_id = :warehouse)
                                 order by stretch.due_on, stretch.asn_id
                                 limit :fetch) as listed
                         cross join lateral (
                               select cast(count(*) as int) as lines,
                                      cast(sum(expected) as bigint) as expected,
                                      cast(sum(received_good) as bigint) as received_good,
                                      cast(sum(received_damaged) as bigint) as received_damaged
                                 from wms.asn_line
                                where asn_line.asn_id = listed.asn_id) as total
                         order by listed.due_on, listed.asn_id
                        """)
                .bind("states", request.states())
                .bind("reference", request.reference)
                .bind("after_day", afterDay)
                .bind("without_day", isFirst ? "-infinity" : "infinity")
                .bind("after_asn", UUID.fromString(page.after(1, BEFORE_ALL.toString())))
                .bind("last_day", request.lastDay())
                .bind("warehouse", request.warehouseId)
                .bind("fetch", page.fetch())
                .mapTo(Asn.class)
                .list();
    }
}
