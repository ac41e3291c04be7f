package com.fluxvantage.identity;

import static com.fluxvantage.kernel.operation.Outcome.found;
import static com.fluxvantage.kernel.operation.Outcome.refused;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Timing;
import com.fluxvantage.kernel.operation.Trigger.Schedule;
import com.fluxvantage.kernel.operation.Work;

import java.time.Duration;

/**
 * Calls a person when the key that proofs are signed with is older than 35 days. It is changed each
 * month by a deployment, which a machine cannot be asked for: the authorizer has its key from
 * there. The age is the database's own, as is the validity of keys.
 */
final class WatchProofKey {
    static final Operation<Request, Result> OPERATION =
            Operation.scheduled("watch-proof-key", Schedule.at(Timing.daily("06:00")).forPlatform())
                    .summary("Looks each day whether the key of proofs was changed this month.")
                    .work(Work.READ)
                    .within(Duration.ofMinutes(1))
                    .refuses(IdentityRefusal.ProofKeyTooOld.class)
                    .handledBy(Request.class, Result.class, new Request(), WatchProofKey::handle);

    /** A month, and some days in which somebody may be on leave. */
    private static final int MOST_DAYS = 35;

    record Request() {}

    record Result(int days) {}

    private static Outcome<Result> handle(Request request, Call call) {
        int days =
                call.sql()
                        .createQuery(
                                """
                                select floor(extract(epoch from fv.proof_key_age()) / 86400)::int
                                """)
                        .mapTo(Integer.class)
                        .one();
        return days > MOST_DAYS
                ? refused(new IdentityRefusal.ProofKeyTooOld(days))
                : found(new Result(days));
    }
}
