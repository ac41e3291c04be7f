package com.fluxvantage.identity;

import static com.fluxvantage.kernel.operation.Outcome.found;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Timing;
import com.fluxvantage.kernel.operation.Trigger.Schedule;
import com.fluxvantage.kernel.operation.Unfinished;
import com.fluxvantage.kernel.operation.Work;

import java.time.Duration;

/**
 * Removes what calls have answered once it is older than 30 days. Until then a call that is sent
 * again under its key is answered as before, and an event that comes again is done once; no queue
 * keeps a message for half as long.
 */
final class PurgeIdempotencyRecords {
    static final Operation<Request, Result> OPERATION =
            Operation.scheduled(
                            "purge-idempotency-records",
                            Schedule.at(Timing.daily("02:30")).jitter(Duration.ofMinutes(15)))
                    .summary("Removes the answers of calls that are older than 30 days.")
                    .work(Work.PRIVACY)
                    .handledBy(
                            Request.class,
                            Result.class,
                            new Request(),
                            PurgeIdempotencyRecords::handle);

    /** As the data map says. */
    private static final Duration KEPT = Duration.ofDays(30);

    private static final int BATCH = 5_000;

    record Request() {}

    record Result(int purged, boolean more) implements Unfinished {}

    private static Outcome<Result> handle(Request request, Call call) {
        int purged =
                call.sql()
                        .createQuery("select wms.purge_idempotency_records(:before, :most)")
                        .bind("before", call.now().minus(KEPT))
                        .bind("most", BATCH)
                        .mapTo(Integer.class)
                        .one();
        return found(new Result(purged, purged == BATCH));
    }
}
