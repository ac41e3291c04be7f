package com.fluxvantage.audit;

import static com.fluxvantage.kernel.operation.Outcome.found;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Timing;
import com.fluxvantage.kernel.operation.Trigger.Schedule;
import com.fluxvantage.kernel.operation.Unfinished;

import java.time.Duration;

/**
 * Ends what a deleted tenant has left, on the days that its certificate says: its audit entries,
 * 400 days old at most, the steps of its life, its holds and its row; and after seven years the
 * record of the deletion. No other job enters a tenant that is deleted.
 */
final class RetireDeletedTenants {
    static final Operation<Request, Result> OPERATION =
            Operation.scheduled(
                            "retire-deleted-tenants",
                            Schedule.at(Timing.daily("03:40"))
                                    .jitter(Duration.ofMinutes(10))
                                    .forPlatform())
                    .summary("Removes what deleted tenants have left, on the day of each.")
                    .handledBy(
                            Request.class,
                            Result.class,
                            new Request(),
                            RetireDeletedTenants::handle);

    private static final int BATCH = 5_000;

    record Request() {}

    /**
     * @param steps of their lives, suspensions and holds
     * @param tenants whose row has gone
     * @param proofs of deletions that were certified seven years ago
     */
    record Result(int entries, int steps, int tenants, int proofs, boolean more)
            implements Unfinished {}

    private record Gone(int entries, int steps, int tenants, int proofs) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var gone =
                call.sql()
                        .createQuery(
                                """
                                select entries, steps, tenants, proofs
                                  from fv.retire_deleted_tenants(:now, :most)
                                """)
                        .bind("now", call.now())
                        .bind("most", BATCH)
                        .mapTo(Gone.class)
                        .one();
        return found(
                new Result(
                        gone.entries,
                        gone.steps,
                        gone.tenants,
                        gone.proofs,
                        gone.entries >= BATCH || gone.steps >= BATCH || gone.proofs >= BATCH));
    }
}
