package com.fluxvantage.lifecycle;

import static com.fluxvantage.kernel.operation.Permission.PLATFORM_TENANTS;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;

/** Lets the deletions go on that were paused, each from the batch at which it stood. */
final class ResumeDeletions {
    static final Operation<Request, Result> OPERATION =
            Operation.post("resume-deletions", "/deletions/resume")
                    .summary("Lets deletions go on that were paused.")
                    .forOperators()
                    .requires(PLATFORM_TENANTS)
                    .handledBy(Request.class, Result.class, new Request(), ResumeDeletions::handle);

    record Request() {}

    record Result(boolean isPaused) {}

    private static Outcome<Result> handle(Request request, Call call) {
        call.sql().createQuery("select fv.pause_deletions(false)").mapTo(String.class).one();
        return Outcome.found(new Result(false));
    }
}
