package com.fluxvantage.lifecycle;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Timing;
import com.fluxvantage.kernel.operation.Trigger.Schedule;
import com.fluxvantage.kernel.operation.Unfinished;
import com.fluxvantage.kernel.operation.Work;

import java.time.Duration;

/**
 * Takes the steps that nobody takes: winds a tenant down at the date of its termination, closes its
 * window, or lets it wait where it is our fault that the tenant has not got its data. Each step is
 * guarded by the database and written into the course of the tenant.
 */
final class AdvanceTenants {
    static final Operation<Request, Result> OPERATION =
            Operation.scheduled(
                            "advance-tenants",
                            Schedule.at(Timing.every(Duration.ofMinutes(5)))
                                    .forPlatform()
                                    .deadline(Duration.ofHours(1)))
                    .summary("Takes the steps of ended tenants that are due by the clock.")
                    .work(Work.PRIVACY)
                    .handledBy(Request.class, Result.class, new Request(), AdvanceTenants::handle);

    private static final int BATCH = 100;

    record Request() {}

    record Result(int advanced, boolean more) implements Unfinished {}

    private static Outcome<Result> handle(Request request, Call call) {
        int advanced =
                call.sql()
                        .createQuery("select fv.advance_tenants(:at, :most)")
                        .bind("at", call.now())
                        .bind("most", BATCH)
                        .mapTo(Integer.class)
                        .one();
        return Outcome.found(new Result(advanced, advanced == BATCH));
    }
}
