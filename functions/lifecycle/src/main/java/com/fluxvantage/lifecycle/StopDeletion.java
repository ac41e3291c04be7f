package com.fluxvantage.lifecycle;

import static com.fluxvantage.kernel.operation.Permission.PLATFORM_TENANTS;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.tenancy.TenantId;

import java.util.UUID;

/**
 * Stops the deletion of one tenant before its first row has gone. It is scheduled anew, a week from
 * now at the earliest: until then the tenant is told of it again, and may come back. After the
 * first row there is nothing to stop that would bring it back; then there is the pause, and the
 * hold.
 */
final class StopDeletion {
    static final Operation<Request, Result> OPERATION =
            Operation.post("stop-deletion", "/tenants/{tenant}/deletion/stop")
                    .summary("Stops a deletion before its first row has gone.")
                    .forOperators()
                    .requires(PLATFORM_TENANTS)
                    .refuses(NotFound.class)
                    .refuses(LifecycleRefusal.NotInThisState.class)
                    .refuses(LifecycleRefusal.RowsGone.class)
                    .handledBy(Request.class, Result.class, Request.EXAMPLE, StopDeletion::handle);

    record Request(TenantId tenant) {
        static final Request EXAMPLE = new Request(new TenantId(new UUID(0, 1)));
    }

    record Result(TenantId tenant) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var answer =
                call.sql()
                        .createQuery("select fv.stop_deletion(:tenant, :at)")
                        .bind("tenant", request.tenant)
                        .bind("at", call.now())
                        .mapTo(String.class)
                        .one();
        return switch (answer) {
            case "DONE" -> Outcome.done(new Result(request.tenant), Subject.of(request.tenant));
            case "UNKNOWN" -> Outcome.missing("tenant", "tenant");
            case "TOO_LATE" -> Outcome.refused(new LifecycleRefusal.RowsGone());
            default -> Outcome.refused(LifecycleRefusal.named(answer));
        };
    }
}
