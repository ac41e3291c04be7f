package com.fluxvantage.audit;

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
 * Takes away whole segments of the audit trail whose time is over, never single entries: what stays
 * still proves to be whole, by the seal of what went. A segment that is not signed yet stays, and
 * while a hold stands on the tenant all do.
 */
final class RetireAuditSegments {
    static final Operation<Request, Result> OPERATION =
            Operation.scheduled(
                            "retire-audit-segments",
                            Schedule.at(Timing.daily("02:50"))
                                    .jitter(Duration.ofMinutes(15))
                                    .everywhere())
                    .summary("Removes segments of the audit trail whose time is over.")
                    .work(Work.PRIVACY)
                    .handledBy(
                            Request.class,
                            Result.class,
                            new Request(),
                            RetireAuditSegments::handle);

    private static final int BATCH = 5_000;

    record Request() {}

    record Result(int retired, int purged, boolean more) implements Unfinished {}

    private record Gone(int retired, int purged) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var gone =
                call.sql()
                        .createQuery("select retired, purged from wms.retire_audit(:now, :most)")
                        .bind("now", call.now())
                        .bind("most", BATCH)
                        .mapTo(Gone.class)
                        .one();
        return found(new Result(gone.retired, gone.purged, gone.purged == BATCH));
    }
}
