package com.fluxvantage.lifecycle;

import static com.fluxvantage.kernel.operation.Permission.PLATFORM_HOLDS;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.tenancy.TenantId;

import java.util.UUID;

/** Discards a hold that is written down and keeps nothing yet. One person is enough. */
final class DiscardLegalHold {
    static final Operation<Request, Result> OPERATION =
            Operation.post("discard-legal-hold", "/tenants/{tenant}/holds/{hold_id}/discard")
                    .summary("Discards a legal hold that nobody has approved.")
                    .forOperators()
                    .requires(PLATFORM_HOLDS)
                    .refuses(NotFound.class)
                    .refuses(LifecycleRefusal.HoldNotInThisState.class)
                    .handledBy(
                            Request.class, Result.class, Request.EXAMPLE, DiscardLegalHold::handle);

    record Request(TenantId tenant, HoldId holdId) {
        static final Request EXAMPLE =
                new Request(new TenantId(new UUID(0, 1)), new HoldId(new UUID(0, 2)));
    }

    record Result(HoldId holdId, HoldState state) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var answer =
                call.sql()
                        .createQuery("select fv.discard_legal_hold(:tenant, :hold, :at)")
                        .bind("tenant", request.tenant)
                        .bind("hold", request.holdId)
                        .bind("at", call.now())
                        .mapTo(String.class)
                        .one();
        return switch (answer) {
            case "DONE" ->
                    Outcome.done(
                            new Result(request.holdId, HoldState.DISCARDED),
                            Subject.of(request.holdId));
            case "UNKNOWN" -> Outcome.missing("hold", "holdId");
            case "STATE" -> Outcome.refused(new LifecycleRefusal.HoldNotInThisState());
            default -> throw new IllegalStateException("no such answer to a hold");
        };
    }
}
