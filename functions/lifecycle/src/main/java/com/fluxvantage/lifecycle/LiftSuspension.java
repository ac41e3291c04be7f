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
 * Lets a suspended tenant write again. The first call proposes; a second one by somebody else
 * within a week does it.
 */
final class LiftSuspension {
    static final Operation<Request, Result> OPERATION =
            Operation.post("lift-suspension", "/tenants/{tenant}/lift-suspension")
                    .summary("Lets a suspended tenant write again, once two people want it.")
                    .forOperators()
                    .requires(PLATFORM_TENANTS)
                    .refuses(NotFound.class)
                    .refuses(LifecycleRefusal.NotInThisState.class)
                    .refuses(LifecycleRefusal.SecondPersonNeeded.class)
                    .handledBy(
                            Request.class, Result.class, Request.EXAMPLE, LiftSuspension::handle);

    record Request(TenantId tenant) {
        static final Request EXAMPLE = new Request(new TenantId(new UUID(0, 1)));
    }

    record Result(TenantId tenant, TwoPersons stage) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var answer =
                call.sql()
                        .createQuery("select fv.lift_suspension(:tenant, :at)")
                        .bind("tenant", request.tenant)
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
