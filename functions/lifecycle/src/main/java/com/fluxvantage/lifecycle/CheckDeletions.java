package com.fluxvantage.lifecycle;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Timing;
import com.fluxvantage.kernel.operation.Trigger.Schedule;
import com.fluxvantage.kernel.operation.Work;

import java.time.Duration;

/**
 * Alarms when a deletion does not get on: it says what keeps it, or it has not moved for an hour,
 * or it was never begun. What a hold keeps is as it should be, and so is a pause of less than a
 * day.
 */
final class CheckDeletions {
    static final Operation<Request, Result> OPERATION =
            Operation.scheduled(
                            "check-deletions",
                            Schedule.at(Timing.every(Duration.ofHours(1)))
                                    .forPlatform()
                                    .deadline(Duration.ofMinutes(55)))
                    .summary("Alarms when a deletion does not get on.")
                    .work(Work.READ)
                    .refuses(LifecycleRefusal.DeletionsStuck.class)
                    .handledBy(Request.class, Result.class, new Request(), CheckDeletions::handle);

    record Request() {}

    record Result(int stuck) {}

    private static Outcome<Result> handle(Request request, Call call) {
        int stuck =
                call.sql()
                        .createQuery("select fv.count_stuck_deletions(:at)")
                        .bind("at", call.now())
                        .mapTo(Integer.class)
                        .one();
        return stuck == 0
                ? Outcome.found(new Result(0))
                : Outcome.refused(new LifecycleRefusal.DeletionsStuck(stuck));
    }
}
