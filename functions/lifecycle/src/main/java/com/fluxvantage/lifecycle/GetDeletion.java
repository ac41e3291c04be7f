package com.fluxvantage.lifecycle;

import static com.fluxvantage.kernel.operation.Outcome.found;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Permission.PLATFORM_TENANTS;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.tenancy.TenantId;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Says how far the deletion of a tenant is, table by table. When a legal hold has stopped it, this
 * is the exact report of what is gone and what is there.
 */
final class GetDeletion {
    static final Operation<Request, Result> OPERATION =
            Operation.get("get-deletion", "/tenants/{tenant}/deletion")
                    .summary("Says how far the deletion of a tenant is, table by table.")
                    .forOperators()
                    .requires(PLATFORM_TENANTS)
                    .refuses(NotFound.class)
                    .handledBy(Request.class, Result.class, Request.EXAMPLE, GetDeletion::handle);

    record Request(TenantId tenant) {
        static final Request EXAMPLE = new Request(new TenantId(new UUID(0, 1)));
    }

    /**
     * @param phase what it is at
     * @param problem what keeps it from going on, in a word
     * @param isHeld whether a legal hold has stopped it
     * @param noReturnAt when the first row went
     */
    record Result(
            UUID runId,
            String phase,
            Optional<String> problem,
            boolean isHeld,
            Instant begunAt,
            Optional<Instant> noReturnAt,
            Optional<Instant> endedAt,
            List<Step> steps) {}

    /**
     * @param target a table, or what else of the tenant is deleted
     * @param before how many rows were there when it began
     */
    record Step(String target, String kind, long before, long deleted, boolean isDone) {}

    private record Row(
            UUID runId,
            String phase,
            Optional<String> problem,
            boolean isHeld,
            Instant begunAt,
            Optional<Instant> noReturnAt,
            Optional<Instant> endedAt,
            String target,
            String kind,
            long rowsBefore,
            long rowsDeleted,
            boolean isDone) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var rows = rows(request.tenant, call);
        if (rows.isEmpty()) {
            return missing("deletion", "tenant");
        }
        var first = rows.getFirst();
        return found(
                new Result(
                        first.runId,
                        first.phase,
                        first.problem,
                        first.isHeld,
                        first.begunAt,
                        first.noReturnAt,
                        first.endedAt,
                        rows.stream()
                                .map(it ->
                                        new Step(
                                                it.target,
                                                it.kind,
                                                it.rowsBefore,
                                                it.rowsDeleted,
                                                it.isDone))
                                .toList()));
    }

    private static List<Row> rows(TenantId tenant, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select run_id, phase, problem, is_held, begun_at, no_return_at, ended_at, target, kind,
                               coalesce(rows_before, 0) as rows_before, coalesce(rows_deleted, 0) as rows_deleted, is_done
                          from fv.report_deletion(:tenant)
                        """)
                .bind("tenant", tenant)
                .mapTo(Row.class)
                .list();
    }
}
