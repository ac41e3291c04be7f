package com.fluxvantage.lifecycle;

import static com.fluxvantage.kernel.operation.Permission.PLATFORM_TENANTS;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;

/**
 * Stops every deletion at once, whatever it is at: none begins, and none of those that run removes
 * another batch, until they are resumed. One person is enough, for whoever sees the wrong rows go
 * has no time to look for another.
 */
final class PauseDeletions {
    static final Operation<Request, Result> OPERATION =
            Operation.post("pause-deletions", "/deletions/pause")
                    .summary("Stops all deletions until they are resumed.")
                    .forOperators()
                    .requires(PLATFORM_TENANTS)
                    .handledBy(Request.class, Result.class, new Request(), PauseDeletions::handle);

    record Request() {}

    record Result(boolean isPaused) {}

    private static Outcome<Result> handle(Request request, Call call) {
        call.sql().createQuery("select fv.pause_deletions(true)").mapTo(String.class).one();
        return Outcome.found(new Result(true));
    }
}
