package com.fluxvantage.lifecycle;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Timing;
import com.fluxvantage.kernel.operation.Trigger.Schedule;
import com.fluxvantage.kernel.operation.Work;

/**
 * Alarms when a tenant cannot go on for a fault of ours: its export fails, nobody could be
 * reminded, or the clock has not taken a step that was due. A hold is no fault. The run is given
 * up, and stays on the list of dead letters until a replay finds nothing.
 */
final class CheckWindows {
    static final Operation<Request, Result> OPERATION =
            Operation.scheduled("check-windows", Schedule.at(Timing.daily("06:30")).forPlatform())
                    .summary("Alarms when tenants that end wait for us.")
                    .work(Work.READ)
                    .refuses(LifecycleRefusal.TenantsWait.class)
                    .handledBy(Request.class, Result.class, new Request(), CheckWindows::handle);

    record Request() {}

    record Result(int waiting) {}

    private static Outcome<Result> handle(Request request, Call call) {
        int found =
                call.sql()
                        .createQuery("select fv.count_waiting_tenants(:at)")
                        .bind("at", call.now())
                        .mapTo(Integer.class)
                        .one();
        return found == 0
                ? Outcome.found(new Result(0))
                : Outcome.refused(new LifecycleRefusal.TenantsWait(found));
    }
}
