package com.fluxvantage.lifecycle;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Timing;
import com.fluxvantage.kernel.operation.Trigger.Schedule;
import com.fluxvantage.kernel.operation.Work;

/**
 * Alarms when the review of a legal hold is due. The hold goes on binding: no date lifts one. The
 * run is given up, and stays on the list of dead letters until a replay finds nothing.
 */
final class CheckHolds {
    static final Operation<Request, Result> OPERATION =
            Operation.scheduled("check-holds", Schedule.at(Timing.daily("06:40")).forPlatform())
                    .summary("Alarms when the review of a legal hold is due.")
                    .work(Work.READ)
                    .refuses(LifecycleRefusal.HoldsUnreviewed.class)
                    .handledBy(Request.class, Result.class, new Request(), CheckHolds::handle);

    record Request() {}

    record Result(int unreviewed) {}

    private static Outcome<Result> handle(Request request, Call call) {
        int found =
                call.sql()
                        .createQuery("select fv.count_unreviewed_holds(:at)")
                        .bind("at", call.now())
                        .mapTo(Integer.class)
                        .one();
        return found == 0
                ? Outcome.found(new Result(0))
                : Outcome.refused(new LifecycleRefusal.HoldsUnreviewed(found));
    }
}
