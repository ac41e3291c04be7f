package com.fluxvantage.privacy;

import static com.fluxvantage.kernel.operation.Outcome.found;
import static com.fluxvantage.kernel.operation.Permission.TENANT_MANAGE;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Cursor;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.PageLimit;
import com.fluxvantage.kernel.operation.PageRequest;
import com.fluxvantage.kernel.operation.Work;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Shows what each night's run has done by each rule, the last night first. */
final class SearchRetentionRuns {
    static final Operation<Request, Result> OPERATION =
            Operation.get("search-retention-runs", "/tenant/retention/runs")
                    .summary("Shows what was removed each night, by each rule.")
                    .requires(TENANT_MANAGE)
                    .work(Work.PRIVACY)
                    .handledBy(
                            Request.class,
                            Result.class,
                            Request.EXAMPLE,
                            SearchRetentionRuns::handle);

    private static final Instant AFTER_ALL = Instant.parse("9999-12-31T00:00:00Z");

    enum Outcomes {
        RUNNING,
        DONE,
        NOTHING_TO_DO,
        FAILED
    }

    record Request(Optional<Outcomes> outcome, Optional<PageLimit> limit, Optional<Cursor> cursor) {
        static final Request EXAMPLE =
                new Request(
                        Optional.of(Outcomes.FAILED),
                        Optional.of(new PageLimit(20)),
                        Optional.empty());
    }

    record Result(List<Run> items, Optional<Cursor> nextCursor) {}

    /**
     * @param rule the table
     * @param days that its rows were kept
     * @param rows that were deleted, or redacted
     * @param fault the database's word for what went wrong
     * @param mapVersion of the data map that the run went by
     */
    record Run(
            Instant dueAt,
            String rule,
            int days,
            Outcomes outcome,
            long rows,
            Optional<String> fault,
            String mapVersion,
            Instant startedAt,
            Instant endedAt) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var page = call.page(request.limit, request.cursor);
        var runs =
                page.of(runs(request, page, call), run -> List.of(run.dueAt.toString(), run.rule));
        return found(new Result(runs.items(), runs.nextCursor()));
    }

    // Against the order of the primary key: nights descending, and in a night the rules with them.
    private static List<Run> runs(Request request, PageRequest page, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select due_at, rule, days, outcome, row_count as rows, fault, map_version, started_at, ended_at
                          from wms.retention_run
                         where (cast(:outcome as text) is null or outcome = :outcome)
                           and (due_at, rule) < (:due_at, :rule)
                         order by due_at desc, rule desc
                         limit :fetch
                        """)
                .bind("outcome", request.outcome.map(Outcomes::name))
                .bind("due_at", Instant.parse(page.after(0, AFTER_ALL.toString())))
                .bind("rule", page.after(1, ""))
                .bind("fetch", page.fetch())
                .mapTo(Run.class)
                .list();
    }
}
