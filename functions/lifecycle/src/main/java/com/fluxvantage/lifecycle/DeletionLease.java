package com.fluxvantage.lifecycle;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.LostLease;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * A deletion that this run may work on until its lease ends by the database's clock.
 *
 * @param fence the number of the lease, which only rises: under an older one nothing is committed
 * @param now the time of the business when the lease was taken
 */
record DeletionLease(UUID run, long fence, Instant now) {
    /** Longer than a run may work, so that a lease ends early only when its holder has died. */
    private static final int SECONDS = 180;

    private record Leased(UUID run, long fence) {}

    /** The one that has waited longest in one of these phases. */
    static Optional<DeletionLease> take(Call call, String... phases) {
        return call.sql()
                .createQuery(
                        """
                        select run, fence
                          from fv.lease_deletion(:phases, :seconds, :now)
                         where run is not null
                        """)
                .bind("phases", phases)
                .bind("seconds", SECONDS)
                .bind("now", call.now())
                .mapTo(Leased.class)
                .findOne()
                .map(it -> new DeletionLease(it.run, it.fence, call.now()));
    }

    /** Where the deletion stands now; the next lease may be taken at once. */
    String release(Call call) {
        return call.sql()
                .createQuery("select fv.release_deletion(:run, :fence, 0)")
                .bind("run", run)
                .bind("fence", fence)
                .mapTo(String.class)
                .findOne()
                .orElseThrow(LostLease::new);
    }
}
