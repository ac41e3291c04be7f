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
 * Removes events that were sent more than 30 days ago. No queue keeps a message half as long, so
 * none names an event that is gone. What waits to be sent stays, however old, and so does what was
 * given up until it is done or its dead letter goes.
 */
final class PurgeOutbox {
    static final Operation<Request, Result> OPERATION =
            Operation.scheduled(
                            "purge-outbox",
                            Schedule.at(Timing.daily("02:50")).jitter(Duration.ofMinutes(15)))
                    .summary("Removes the events that were sent more than 30 days ago.")
                    .work(Work.PRIVACY)
                    .handledBy(Request.class, Result.class, new Request(), PurgeOutbox::handle);

    private static final Duration KEPT = Duration.ofDays(30);

    private static final int BATCH = 5_000;

    record Request() {}

    record Result(int purged, boolean more) implements Unfinished {}

    private static Outcome<Result> handle(Request request, Call call) {
        int purged =
                call.sql()
                        .createQuery("select wms.purge_outbox(:before, :most)")
                        .bind("before", call.now().minus(KEPT))
                        .bind("most", BATCH)
                        .mapTo(Integer.class)
                        .one();
        return found(new Result(purged, purged == BATCH));
    }
}
