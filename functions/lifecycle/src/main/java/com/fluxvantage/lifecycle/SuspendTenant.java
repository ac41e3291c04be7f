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
 * Keeps a tenant from writing. Reading and exporting go on. The first call proposes; a second one
 * by somebody else, for the same reason and within a week, does it. After 60 days, and two weeks
 * after the tenant was told that they end, a tenant that is still suspended is wound down.
 */
final class SuspendTenant {
    static final Operation<Request, Result> OPERATION =
            Operation.post("suspend-tenant", "/tenants/{tenant}/suspend")
                    .summary("Keeps a tenant from writing, once two people want it.")
                    .forOperators()
                    .requires(PLATFORM_TENANTS)
                    .refuses(NotFound.class)
                    .refuses(LifecycleRefusal.NotInThisState.class)
                    .refuses(LifecycleRefusal.SecondPersonNeeded.class)
                    .refuses(LifecycleRefusal.OtherReasonProposed.class)
                    .handledBy(Request.class, Result.class, Request.EXAMPLE, SuspendTenant::handle);

    record Request(TenantId tenant, SuspensionReason reason) {
        static final Request EXAMPLE =
                new Request(new TenantId(new UUID(0, 1)), SuspensionReason.ABUSE);
    }

    record Result(TenantId tenant, TwoPersons stage) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var answer =
                call.sql()
                        .createQuery("select fv.suspend_tenant(:tenant, :reason, :at)")
                        .bind("tenant", request.tenant)
                        .bind("reason", request.reason.name())
                        .bind("at", call.now())
                        .mapTo(String.class)
                        .one();
        return switch (answer) {
            case "PROPOSED", "DONE" ->
                    Outcome.done(
                            new Result(request.tenant, TwoPersons.said(answer)),
                            Subject.of(request.tenant));
            case "UNKNOWN" -> Outcome.missing("tenant", "tenant");
            default -> Outcome.refused(LifecycleRefusal.named(answer));
        };
    }
}
