package com.fluxvantage.inventory;

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
 * Removes what scans were about once they are older than 400 days. Until then a device that sends
 * one again is told what it did, and its worker may take the last one back. The ledger keeps what
 * was moved.
 */
final class PurgeScanEvents {
    static final Operation<Request, Result> OPERATION =
            Operation.scheduled(
                            "purge-scan-events",
                            Schedule.at(Timing.daily("02:10")).jitter(Duration.ofMinutes(15)))
                    .summary("Removes the records of scans that are older than 400 days.")
                    .work(Work.PRIVACY)
                    .handledBy(Request.class, Result.class, new Request(), PurgeScanEvents::handle);

    /** As the data map says. */
    private static final Duration KEPT = Duration.ofDays(400);

    private static final int BATCH = 5_000;

    record Request() {}

    record Result(int purged, boolean more) implements Unfinished {}

    private static Outcome<Result> handle(Request request, Call call) {
        int purged =
                call.sql()
                        .createQuery("select wms.purge_scan_events(:before, :most)")
                        .bind("before", call.now().minus(KEPT))
                        .bind("most", BATCH)
                        .mapTo(Integer.class)
                        .one();
        return found(new Result(purged, purged == BATCH));
    }
}
