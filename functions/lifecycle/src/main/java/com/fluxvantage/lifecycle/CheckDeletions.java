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
 * day. It alarms as well when the proof of one is missing: a certificate that is kept nowhere else,
 * or a backup that is there a week longer than was promised.
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
                    .refuses(LifecycleRefusal.EndsUnproved.class)
                    .handledBy(Request.class, Result.class, new Request(), CheckDeletions::handle);

    record Request() {}

    record Result(int stuck) {}

    private static Outcome<Result> handle(Request request, Call call) {
        int stuck = count("select fv.count_stuck_deletions(:at)", call);
        if (stuck > 0) {
            return Outcome.refused(new LifecycleRefusal.DeletionsStuck(stuck));
        }
        int unproved = count("select fv.count_unproved_ends(:at)", call);
        return unproved > 0
                ? Outcome.refused(new LifecycleRefusal.EndsUnproved(unproved))
                : Outcome.found(new Result(0));
    }

    private static int count(String question, Call call) {
        return call.sql().createQuery(question).bind("at", call.now()).mapTo(Integer.class).one();
    }
}
