package com.fluxvantage.privacy;

import static com.fluxvantage.kernel.operation.Outcome.found;
import static com.fluxvantage.kernel.operation.Outcome.refused;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Timing;
import com.fluxvantage.kernel.operation.Trigger.Schedule;
import com.fluxvantage.kernel.operation.Unfinished;
import com.fluxvantage.kernel.operation.Work;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Lets go each night of what has been kept long enough, by every rule of the data map: rows are
 * deleted, or what they say of people is taken out and the row stays. One batch of one rule is one
 * transaction, and its record is written with it, so a run that is cut off goes on where it was. A
 * rule that fails keeps no other from being carried out; the run then ends as one that was given
 * up, and the alarm on those rings.
 */
final class ApplyRetention {
    static final Operation<Request, Result> OPERATION =
            Operation.scheduled(
                            "apply-retention",
                            Schedule.at(Timing.daily("02:10"))
                                    .jitter(Duration.ofMinutes(15))
                                    .everywhere())
                    .summary("Removes what has been kept as long as the data map says.")
                    .work(Work.PRIVACY)
                    .refuses(RetentionFailed.class)
                    .handledBy(
                            Request.class,
                            Result.class,
                            new Request(Instant.EPOCH),
                            ApplyRetention::handle);

    private static final int BATCH = 5_000;

    /** The tick is the run: one that comes again goes on with it. */
    record Request(Instant scheduledAt) {}

    /** {@code rule} is absent when there was none left to carry out. */
    record Result(Optional<String> rule, long rows, boolean more) implements Unfinished {}

    private record Batch(String rule, String outcome, long rowCount) {}

    private static Outcome<Result> handle(Request request, Call call) {
        if (!hasBegun(request, call)) {
            requireDataMap(call);
        }
        var batch =
                call.sql()
                        .createQuery(
                                "select rule, outcome, row_count from wms.apply_retention(:due_at, :at, :most)")
                        .bind("due_at", request.scheduledAt)
                        .bind("at", call.now())
                        .bind("most", BATCH)
                        .mapTo(Batch.class)
                        .findOne();
        if (batch.isPresent()) {
            return found(new Result(Optional.of(batch.get().rule), batch.get().rowCount, true));
        }
        long failed = failed(request, call);
        return failed == 0
                ? found(new Result(Optional.empty(), 0, false))
                : refused(new RetentionFailed(failed));
    }

    private static boolean hasBegun(Request request, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select exists (select from wms.retention_run where due_at = :due_at)
                        """)
                .bind("due_at", request.scheduledAt)
                .mapTo(Boolean.class)
                .one();
    }

    // A table that the map does not know would be kept for ever, so nothing is done until it does.
    private static void requireDataMap(Call call) {
        call.sql().createQuery("select fv.require_data_map()").mapTo(String.class).one();
    }

    private static long failed(Request request, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select count(*)
                          from wms.retention_run
                         where due_at = :due_at
                           and outcome = 'FAILED'
                        """)
                .bind("due_at", request.scheduledAt)
                .mapTo(Long.class)
                .one();
    }
}
