package com.fluxvantage.lifecycle;

import static com.fluxvantage.kernel.operation.Outcome.found;
import static com.fluxvantage.kernel.operation.Permission.TENANT_MANAGE;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.tenancy.TenantId;

import java.time.Instant;
import java.util.Optional;

/**
 * Says where the tenant stands and what happens to it when. The dates are those that the database
 * goes by, so what an administrator reads here is what the clock will do.
 */
final class GetTenant {
    static final Operation<Request, Result> OPERATION =
            Operation.get("get-tenant", "/tenant")
                    .summary("Says where the tenant stands and what happens to it when.")
                    .requires(TENANT_MANAGE)
                    .handledBy(Request.class, Result.class, new Request(), GetTenant::handle);

    record Request() {}

    /**
     * @param terminatesAt from then on nothing is written any more
     * @param exportUntil until then the data can be taken along
     * @param windowDays how long after its end that is
     * @param exportWaivedAt since when the tenant does not want its data any more
     * @param deletionStartsAt not before then is anything deleted
     * @param suspendedAt since when the platform keeps it from writing
     */
    record Result(
            TenantId tenantId,
            String name,
            TenantState state,
            Instant openedAt,
            Optional<Instant> terminatesAt,
            Optional<Integer> windowDays,
            Optional<Instant> exportUntil,
            Optional<Instant> exportWaivedAt,
            Optional<Instant> deletionStartsAt,
            Optional<Instant> suspendedAt,
            long version) {}

    private static Outcome<Result> handle(Request request, Call call) {
        return found(
                call.sql()
                        .createQuery(
                                """
                                select fv.tenant() as "tenantId", name, upper(state) as state, opened_at,
                                       terminates_at, window_days, export_until, export_waived_at,
                                       deletion_starts_at, suspended_at, version
                                  from wms.tenant
                                """)
                        .mapTo(Result.class)
                        .one());
    }
}
