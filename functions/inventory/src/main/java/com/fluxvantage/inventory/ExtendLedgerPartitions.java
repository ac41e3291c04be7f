package com.fluxvantage.inventory;

import static com.fluxvantage.kernel.operation.Outcome.found;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Timing;
import com.fluxvantage.kernel.operation.Trigger.Schedule;

import java.time.Duration;

/**
 * Keeps the ledger's partitions of this month and the next 24. Without one for its month a posting
 * is refused, since there is no default partition; so this runs daily, though a run in two years
 * would do, and finds nothing to make on all days but the first of a month. Months are those of the
 * database's clock, by which postings are placed.
 */
final class ExtendLedgerPartitions {
    static final Operation<Request, Result> OPERATION =
            Operation.scheduled(
                            "extend-ledger-partitions",
                            Schedule.at(Timing.daily("01:10"))
                                    .forPlatform()
                                    .deadline(Duration.ofHours(20)))
                    .summary("Keeps 24 months of the stock ledger's partitions ahead.")
                    .handledBy(
                            Request.class,
                            Result.class,
                            new Request(),
                            ExtendLedgerPartitions::handle);

    private static final int MONTHS_AHEAD = 24;

    record Request() {}

    /** {@code made} is how many months were missing. */
    record Result(int made) {}

    private static Outcome<Result> handle(Request request, Call call) {
        int made =
                call.sql()
                        .createQuery("select wms.ensure_movement_partitions(:months)")
                        .bind("months", MONTHS_AHEAD)
                        .mapTo(Integer.class)
                        .one();
        return found(new Result(made));
    }
}
