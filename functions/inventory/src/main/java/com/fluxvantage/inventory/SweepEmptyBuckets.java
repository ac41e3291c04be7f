package com.fluxvantage.inventory;

import static com.fluxvantage.kernel.operation.Outcome.found;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Timing;
import com.fluxvantage.kernel.operation.Trigger.Schedule;
import com.fluxvantage.kernel.operation.Unfinished;

import java.time.Duration;

/**
 * Removes the buckets of a tenant that hold nothing and promise nothing. Goods that come and go
 * leave one behind for each place that they passed; the ledger does not need them. A bucket that
 * somebody works with is skipped, and goes with the next sweep.
 */
final class SweepEmptyBuckets {
    static final Operation<Request, Result> OPERATION =
            Operation.scheduled(
                            "sweep-empty-buckets",
                            Schedule.at(Timing.daily("01:30")).jitter(Duration.ofMinutes(15)))
                    .summary("Removes buckets that hold nothing and promise nothing.")
                    .handledBy(
                            Request.class, Result.class, new Request(), SweepEmptyBuckets::handle);

    private static final int BATCH = 2_000;

    record Request() {}

    record Result(int swept, boolean more) implements Unfinished {}

    private static Outcome<Result> handle(Request request, Call call) {
        int swept =
                call.sql()
                        .createQuery("select wms.sweep_empty_buckets(:most)")
                        .bind("most", BATCH)
                        .mapTo(Integer.class)
                        .one();
        return found(new Result(swept, swept == BATCH));
    }
}
