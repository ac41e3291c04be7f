package com.fluxvantage.lifecycle;

import com.fluxvantage.kernel.outside.Transactions;
import com.fluxvantage.kernel.outside.Unreachable;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Works on one deletion under the eraser's login. What comes next is decided by the database, in
 * the transaction that does it; here is only the loop around it, and nothing that a crash could
 * lose.
 */
final class Erasing {
    static final String NEXT =
            """
            select outcome, target, deleted
              from wms.erase_next(:run, :fence, :most)
            """;

    private static final int MOST_ROWS = 20_000;
    private static final int LEAST_ROWS = 100;

    /**
     * A batch that took longer found the database busy: then it rests for as long as it was above
     * this, and whoever waited has its turn. A calm database is not waited for.
     */
    private static final Duration CALM = Duration.ofMillis(100);

    /** In a row: then the database has other things to do, and the next run comes in minutes. */
    private static final int MOST_FAILURES = 5;

    /**
     * @param rows so many have been removed
     * @param steps so many transactions have brought it further
     * @param ending why it stopped, in the word of the database
     */
    record Progress(long rows, int steps, String ending) {}

    private record Step(String outcome, String target, long deleted) {}

    private final Transactions eraser;
    private final DeletionLease lease;

    Erasing(Transactions eraser, DeletionLease lease) {
        this.eraser = eraser;
        this.lease = lease;
    }

    Progress workFor(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        long rows = 0;
        int steps = 0;
        int failures = 0;
        int most = MOST_ROWS;
        while (System.nanoTime() < end) {
            long started = System.nanoTime();
            Step step;
            try {
                step = next(most);
            } catch (Unreachable _) {
                // Too many rows for its time, or a lock that somebody holds: fewer, or later.
                most = Math.max(most / 4, LEAST_ROWS);
                if (++failures == MOST_FAILURES) {
                    return new Progress(rows, steps, "BUSY");
                }
                continue;
            }
            failures = 0;
            rows += step.deleted;
            switch (step.outcome) {
                case "BATCH", "COMPARED", "FENCED", "NO_RETURN" -> {
                    steps++;
                    LockSupport.parkNanos(System.nanoTime() - started - CALM.toNanos());
                }
                case "EMPTIED", "REPLANNED" -> {
                    return new Progress(rows, steps + 1, step.outcome);
                }
                default -> {
                    return new Progress(rows, steps, step.outcome);
                }
            }
        }
        return new Progress(rows, steps, "TIME");
    }

    private Step next(int most) {
        return eraser.once(handle ->
                handle.createQuery(NEXT)
                        .bind("run", lease.run())
                        .bind("fence", lease.fence())
                        .bind("most", most)
                        .map((row, _) ->
                                new Step(
                                        row.getString("outcome"),
                                        String.valueOf(row.getString("target")),
                                        row.getLong("deleted")))
                        .one());
    }
}
