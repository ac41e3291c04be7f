package com.fluxvantage.lifecycle;

import static com.fluxvantage.kernel.operation.Outcome.found;
import static com.fluxvantage.kernel.operation.Permission.PLATFORM_HOLDS;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Cursor;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.PageLimit;
import com.fluxvantage.kernel.operation.PageRequest;
import com.fluxvantage.kernel.tenancy.TenantId;
import com.fluxvantage.kernel.text.Code;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Finds the legal holds of a tenant for the platform's people: drafts, sealed ones and those that
 * were lifted among them, the oldest first. A tenant that is not there has none.
 */
final class SearchHolds {
    static final Operation<Request, Result> OPERATION =
            Operation.get("search-holds", "/tenants/{tenant}/holds")
                    .summary("Finds the legal holds of a tenant, sealed ones among them.")
                    .forOperators()
                    .requires(PLATFORM_HOLDS)
                    .handledBy(Request.class, Result.class, Request.EXAMPLE, SearchHolds::handle);

    private static final UUID BEFORE_ALL = new UUID(0, 0);

    record Request(
            TenantId tenant,
            Optional<HoldState> state,
            Optional<PageLimit> limit,
            Optional<Cursor> cursor) {
        static final Request EXAMPLE =
                new Request(
                        new TenantId(new UUID(0, 1)),
                        Optional.of(HoldState.ACTIVE),
                        Optional.of(new PageLimit(20)),
                        Optional.empty());
    }

    record Result(List<Hold> items, Optional<Cursor> nextCursor) {}

    /**
     * @param placedBy who wrote it down
     * @param approvedBy who approved it
     * @param liftProposedBy who wants it lifted
     */
    record Hold(
            HoldId holdId,
            Code matter,
            HoldBasis basis,
            HoldScope scope,
            List<String> tables,
            Optional<Instant> rowsFrom,
            Optional<Instant> rowsUntil,
            boolean sealed,
            HoldState state,
            Instant reviewAt,
            String placedBy,
            Instant placedAt,
            Optional<String> approvedBy,
            Optional<Instant> approvedAt,
            Optional<String> liftProposedBy,
            Optional<String> releasedBy,
            Optional<Instant> releasedAt) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var page = call.page(request.limit, request.cursor);
        var holds = page.of(holds(request, page, call), it -> List.of(it.holdId.uuid().toString()));
        return found(new Result(holds.items(), holds.nextCursor()));
    }

    private static List<Hold> holds(Request request, PageRequest page, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select hold_id, matter, basis, scope, coalesce(tables, '{}') as tables, rows_from,
                               rows_until, sealed, state, review_at, placed_by, placed_at, approved_by,
                               approved_at, lift_proposed_by, released_by, released_at
                          from fv.search_legal_holds(:tenant, :state, :after, :fetch)
                        """)
                .bind("tenant", request.tenant)
                .bind("state", request.state.map(HoldState::name))
                .bind("after", UUID.fromString(page.after(0, BEFORE_ALL.toString())))
                .bind("fetch", page.fetch())
                .mapTo(Hold.class)
                .list();
    }
}
