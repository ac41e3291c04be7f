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
 * Removes the dead letters that are 30 days old and whose events were done after all. One that
 * nobody has seen to is kept for 400 days: it says that something is missing, and it holds back
 * what follows in its stream.
 */
final class PurgeDeadLetters {
    static final Operation<Request, Result> OPERATION =
            Operation.scheduled(
                            "purge-dead-letters",
                            Schedule.at(Timing.daily("02:45")).jitter(Duration.ofMinutes(5)))
                    .summary("Removes dead letters that were seen to, and those too old to be.")
                    .work(Work.PRIVACY)
                    .handledBy(
                            Request.class, Result.class, new Request(), PurgeDeadLetters::handle);

    private static final Duration SEEN_TO = Duration.ofDays(30);

    /** As the data map says. */
    private static final Duration LONGEST = Duration.ofDays(400);

    private static final int BATCH = 5_000;

    record Request() {}

    record Result(int purged, boolean more) implements Unfinished {}

    private static Outcome<Result> handle(Request request, Call call) {
        int purged =
                call.sql()
                        .createQuery("select wms.purge_dead_letters(:seenTo, :longest, :most)")
                        .bind("seenTo", call.now().minus(SEEN_TO))
                        .bind("longest", call.now().minus(LONGEST))
                        .bind("most", BATCH)
                        .mapTo(Integer.class)
                        .one();
        return found(new Result(purged, purged == BATCH));
    }
}
