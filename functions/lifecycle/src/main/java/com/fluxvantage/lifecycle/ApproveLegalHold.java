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
 * Approves a hold that somebody else has written down. From its commit on nothing is deleted that
 * it names: a batch of a deletion that runs is waited for, and none commits after it.
 */
final class ApproveLegalHold {
    static final Operation<Request, Result> OPERATION =
            Operation.post("approve-legal-hold", "/tenants/{tenant}/holds/{hold_id}/approve")
                    .summary("Approves a legal hold: from now on it keeps what it names.")
                    .forOperators()
                    .requires(PLATFORM_HOLDS)
                    .refuses(NotFound.class)
                    .refuses(LifecycleRefusal.HoldNotInThisState.class)
                    .refuses(LifecycleRefusal.SecondPersonNeeded.class)
                    .refuses(LifecycleRefusal.HoldTooLate.class)
                    .handledBy(
                            Request.class, Result.class, Request.EXAMPLE, ApproveLegalHold::handle);

    record Request(TenantId tenant, HoldId holdId) {
        static final Request EXAMPLE =
                new Request(new TenantId(new UUID(0, 1)), new HoldId(new UUID(0, 2)));
    }

    record Result(HoldId holdId, HoldState state) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var answer =
                call.sql()
                        .createQuery("select fv.approve_legal_hold(:tenant, :hold, :at)")
                        .bind("tenant", request.tenant)
                        .bind("hold", request.holdId)
                        .bind("at", call.now())
                        .mapTo(String.class)
                        .one();
        return switch (answer) {
            case "DONE" ->
                    Outcome.done(
                            new Result(request.holdId, HoldState.ACTIVE),
                            Subject.of(request.holdId));
            case "UNKNOWN" -> Outcome.missing("hold", "holdId");
            case "STATE" -> Outcome.refused(new LifecycleRefusal.HoldNotInThisState());
            case "TOO_LATE" -> Outcome.refused(new LifecycleRefusal.HoldTooLate());
            default -> Outcome.refused(LifecycleRefusal.named(answer));
        };
    }
}
