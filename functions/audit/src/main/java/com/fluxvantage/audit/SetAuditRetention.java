package com.fluxvantage.audit;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Permission.TENANT_MANAGE;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;

/**
 * Says how long the tenant keeps its audit trail from now on. The next entry begins a segment of
 * the new kind; what stands in others goes when those were meant to go, so that no later choice
 * makes a record shorter than it was promised to be.
 */
final class SetAuditRetention {
    static final Operation<Request, Result> OPERATION =
            Operation.post("set-audit-retention", "/audit/retention")
                    .summary("Says how long the tenant keeps its audit trail from now on.")
                    .requires(TENANT_MANAGE)
                    .handledBy(
                            Request.class,
                            Result.class,
                            Request.EXAMPLE,
                            SetAuditRetention::handle);

    record Request(AuditRetention retention) {
        static final Request EXAMPLE = new Request(AuditRetention.DAYS_730);
    }

    record Result(AuditRetention retention, long version) {}

    private static Outcome<Result> handle(Request request, Call call) {
        long version =
                call.sql()
                        .createQuery(
                                """
                                insert into wms.audit_setting as setting (retention_days)
                                values (:days)
                                    on conflict on constraint audit_setting_pkey do update
                                   set retention_days = excluded.retention_days,
                                       version = setting.version + 1
                                returning version
                                """)
                        .bind("days", request.retention.days())
                        .mapTo(Long.class)
                        .one();
        return done(new Result(request.retention, version), Subject.nothing());
    }
}
