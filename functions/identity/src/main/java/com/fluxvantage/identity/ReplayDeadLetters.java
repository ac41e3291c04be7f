package com.fluxvantage.identity;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Permission.PLATFORM_DEAD_LETTERS;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.tenancy.TenantId;
import com.fluxvantage.kernel.text.Code;

import java.util.UUID;

/**
 * Sends again what a consumer has given up in one tenant, once its cause is mended: the events it
 * could not take, and the runs of a job that failed. Streams keep their order; what was done is not
 * done twice. Of many it sends the first 1,000, and is called again for the rest. A tenant or a
 * consumer without dead letters is answered with none.
 */
final class ReplayDeadLetters {
    static final Operation<Request, Result> OPERATION =
            Operation.post("replay-dead-letters", "/dead-letters/replay")
                    .summary("Sends again the events that a consumer has given up.")
                    .forOperators()
                    .requires(PLATFORM_DEAD_LETTERS)
                    .handledBy(
                            Request.class,
                            Result.class,
                            Request.EXAMPLE,
                            ReplayDeadLetters::handle);

    private static final int MOST = 1_000;

    record Request(TenantId tenantId, Code consumer) {
        static final Request EXAMPLE =
                new Request(new TenantId(new UUID(0, 1)), new Code("check-stock"));
    }

    record Result(int replayed) {}

    private static Outcome<Result> handle(Request request, Call call) {
        int replayed =
                call.sql()
                        .createQuery("select fv.replay_dead_letters(:tenant, :consumer, :most)")
                        .bind("tenant", request.tenantId)
                        .bind("consumer", request.consumer)
                        .bind("most", MOST)
                        .mapTo(Integer.class)
                        .one();
        return done(new Result(replayed), Subject.of(request.tenantId));
    }
}
