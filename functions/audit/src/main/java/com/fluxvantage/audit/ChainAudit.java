package com.fluxvantage.audit;

import static com.fluxvantage.kernel.operation.Outcome.found;
import static com.fluxvantage.kernel.operation.Outcome.refused;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Timing;
import com.fluxvantage.kernel.operation.Trigger.Schedule;
import com.fluxvantage.kernel.operation.Unfinished;

import java.time.Duration;

/**
 * Takes what was committed into the tenants' chains, each minute. One run for all tenants that have
 * something new: a tick for each of them each minute would be more work than the work. Two at once
 * share it, for whoever finds a head locked passes it by.
 */
final class ChainAudit {
    static final Operation<Request, Result> OPERATION =
            Operation.scheduled(
                            "chain-audit",
                            Schedule.at(Timing.every(Duration.ofMinutes(1)))
                                    .forPlatform()
                                    .deadline(Duration.ofMinutes(30)))
                    .summary(
                            "Takes the audit entries that were committed into the tenants' chains.")
                    .refuses(AuditRefusal.ChainBehind.class)
                    .handledBy(Request.class, Result.class, new Request(), ChainAudit::handle);

    private static final int BATCH = 5_000;

    record Request() {}

    /**
     * @param closed segments whose month was over
     */
    record Result(int tenants, int entries, int closed, boolean more) implements Unfinished {}

    private record Chained(int tenants, int entries, int closed, int waiting) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var chained =
                call.sql()
                        .createQuery(
                                "select tenants, entries, closed, waiting from fv.chain_audit(:most)")
                        .bind("most", BATCH)
                        .mapTo(Chained.class)
                        .one();
        boolean isMore = chained.entries >= BATCH;
        if (chained.entries == 0 && chained.waiting > 0) {
            return refused(new AuditRefusal.ChainBehind(chained.waiting));
        }
        return found(new Result(chained.tenants, chained.entries, chained.closed, isMore));
    }
}
