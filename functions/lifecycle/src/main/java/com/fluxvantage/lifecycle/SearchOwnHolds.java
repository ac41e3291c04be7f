package com.fluxvantage.lifecycle;

import static com.fluxvantage.kernel.operation.Outcome.found;
import static com.fluxvantage.kernel.operation.Permission.TENANT_MANAGE;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Cursor;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.PageLimit;
import com.fluxvantage.kernel.operation.PageRequest;
import com.fluxvantage.kernel.text.Code;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Finds the legal holds on the tenant of which it may be told: those that are in force, and those
 * that were. A sealed hold is not among them; the database's row policy sees to it.
 */
final class SearchOwnHolds {
    static final Operation<Request, Result> OPERATION =
            Operation.get("search-own-holds", "/tenant/holds")
                    .summary("Finds the legal holds that keep the tenant's data.")
                    .requires(TENANT_MANAGE)
                    .handledBy(
                            Request.class, Result.class, Request.EXAMPLE, SearchOwnHolds::handle);

    private static final UUID BEFORE_ALL = new UUID(0, 0);

    record Request(Optional<PageLimit> limit, Optional<Cursor> cursor) {
        static final Request EXAMPLE =
                new Request(Optional.of(new PageLimit(20)), Optional.empty());
    }

    record Result(List<Hold> items, Optional<Cursor> nextCursor) {}

    record Hold(
            HoldId holdId,
            Code matter,
            HoldBasis basis,
            HoldScope scope,
            List<String> tables,
            Optional<Instant> rowsFrom,
            Optional<Instant> rowsUntil,
            HoldState state,
            Instant approvedAt,
            Optional<Instant> releasedAt) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var page = call.page(request.limit, request.cursor);
        var holds = page.of(holds(page, call), it -> List.of(it.holdId.uuid().toString()));
        return found(new Result(holds.items(), holds.nextCursor()));
    }

    private static List<Hold> holds(PageRequest page, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select hold_id, matter, basis, scope, coalesce(tables, '{}') as tables, rows_from,
                               rows_until, state, approved_at, released_at
                          from wms.legal_hold
                         where hold_id > :after
                         order by hold_id
                         limit :fetch
                        """)
                .bind("after", UUID.fromString(page.after(0, BEFORE_ALL.toString())))
                .bind("fetch", page.fetch())
                .mapTo(Hold.class)
                .list();
    }
}
