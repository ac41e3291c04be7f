package com.fluxvantage.lifecycle;

import static com.fluxvantage.kernel.operation.Outcome.found;
import static com.fluxvantage.kernel.operation.Permission.PLATFORM_TENANTS;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Cursor;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.PageLimit;
import com.fluxvantage.kernel.operation.PageRequest;
import com.fluxvantage.kernel.tenancy.TenantId;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Finds the deletions that are not over, in the order in which they began, with what keeps each of
 * them and when it last got on; and whether all of them are paused.
 */
final class SearchDeletions {
    static final Operation<Request, Result> OPERATION =
            Operation.get("search-deletions", "/deletions")
                    .summary("Finds the deletions that are not over, and what keeps them.")
                    .forOperators()
                    .requires(PLATFORM_TENANTS)
                    .handledBy(
                            Request.class, Result.class, Request.EXAMPLE, SearchDeletions::handle);

    private static final UUID BEFORE_ALL = new UUID(0, 0);

    record Request(Optional<PageLimit> limit, Optional<Cursor> cursor) {
        static final Request EXAMPLE =
                new Request(Optional.of(new PageLimit(20)), Optional.empty());
    }

    record Result(boolean isPaused, List<Deletion> items, Optional<Cursor> nextCursor) {}

    /**
     * @param phase what it is at
     * @param problem what keeps it from going on, in a word
     * @param isHeld whether a legal hold has stopped it
     * @param noReturnAt when the first row went
     * @param movedAt when it last got on
     */
    record Deletion(
            UUID runId,
            TenantId tenantId,
            String phase,
            Optional<String> problem,
            boolean isHeld,
            Instant begunAt,
            Optional<Instant> noReturnAt,
            Instant movedAt) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var page = call.page(request.limit, request.cursor);
        var found = page.of(deletions(page, call), it -> List.of(it.runId.toString()));
        return found(new Result(isPaused(call), found.items(), found.nextCursor()));
    }

    private static boolean isPaused(Call call) {
        return call.sql()
                .createQuery("select fv.are_deletions_paused()")
                .mapTo(Boolean.class)
                .one();
    }

    private static List<Deletion> deletions(PageRequest page, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select run_id, tenant as tenantid, phase, problem, is_held, begun_at, no_return_at, moved_at
                          from fv.search_deletions(:after, :fetch)
                        """)
                .bind("after", UUID.fromString(page.after(0, BEFORE_ALL.toString())))
                .bind("fetch", page.fetch())
                .mapTo(Deletion.class)
                .list();
    }
}
