package com.fluxvantage.lifecycle;

import static com.fluxvantage.kernel.operation.Permission.PLATFORM_HOLDS;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.tenancy.TenantId;

import java.util.UUID;

/**
 * Lifts a hold. The first call proposes; a second one by somebody else within a week does it. The
 * hold is kept as a record; what was due by the clock meanwhile is done with its next turn.
 */
final class LiftLegalHold {
    static final Operation<Request, Result> OPERATION =
            Operation.post("lift-legal-hold", "/tenants/{tenant}/holds/{hold_id}/lift")
                    .summary("Lifts a legal hold, once two people want it.")
                    .forOperators()
                    .requires(PLATFORM_HOLDS)
                    .refuses(NotFound.class)
                    .refuses(LifecycleRefusal.HoldNotInThisState.class)
                    .refuses(LifecycleRefusal.SecondPersonNeeded.class)
                    .handledBy(Request.class, Result.class, Request.EXAMPLE, LiftLegalHold::handle);

    record Request(TenantId tenant, HoldId holdId) {
        static final Request EXAMPLE =
                new Request(new TenantId(new UUID(0, 1)), new HoldId(new UUID(0, 2)));
    }

    record Result(HoldId holdId, TwoPersons stage) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var answer =
                call.sql()
                        .createQuery("select fv.lift_legal_hold(:tenant, :hold, :at)")
                        .bind("tenant", request.tenant)
                        .bind("hold", request.holdId)
                        .bind("at", call.now())
                        .mapTo(String.class)
                        .one();
        return switch (answer) {
            case "PROPOSED", "DONE" ->
                    Outcome.done(
                            new Result(request.holdId, TwoPersons.said(answer)),
                            Subject.of(request.holdId));
            case "UNKNOWN" -> Outcome.missing("hold", "holdId");
            case "STATE" -> Outcome.refused(new LifecycleRefusal.HoldNotInThisState());
            default -> Outcome.refused(LifecycleRefusal.named(answer));
        };
    }
}
