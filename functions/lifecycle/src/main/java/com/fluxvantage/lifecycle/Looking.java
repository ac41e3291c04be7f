package com.fluxvantage.lifecycle;

import com.fluxvantage.kernel.outside.Transactions;
import com.fluxvantage.kernel.outside.Unreachable;

import java.time.Duration;

/**
 * Looks at one deletion under the verifier's login, one table a transaction. As with {@link
 * Erasing} the database decides what comes next.
 */
final class Looking {
    static final String NEXT =
            """
            select outcome
              from wms.look_next(:run, :fence, :now)
            """;

    /**
     * @param looks so many tables were counted
     * @param ending why it stopped, in the word of the database
     */
    record Progress(int looks, String ending) {
        boolean isResidue() {
            return ending.equals("RESIDUE");
        }

        boolean hasMore() {
            return switch (ending) {
                case "SIGHTED", "LOOKED_TWICE", "RESIDUE", "REPLANNED" -> true;
                default -> looks > 0;
            };
        }
    }

    private final Transactions verifier;
    private final DeletionLease lease;

    Looking(Transactions verifier, DeletionLease lease) {
        this.verifier = verifier;
        this.lease = lease;
    }

    Progress workFor(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        int looks = 0;
        while (System.nanoTime() < end) {
            String outcome;
            try {
                outcome = next();
            } catch (Unreachable _) {
                return new Progress(looks, "BUSY");
            }
            switch (outcome) {
                case "SEEN" -> looks++;
                case "LOOKED_ONCE" -> {}
                default -> {
                    return new Progress(looks, outcome);
                }
            }
        }
        return new Progress(looks, "TIME");
    }

    private String next() {
        return verifier.once(handle ->
                handle.createQuery(NEXT)
                        .bind("run", lease.run())
                        .bind("fence", lease.fence())
                        .bind("now", lease.now())
                        .mapTo(String.class)
                        .one());
    }
}
