package com.fluxvantage.lifecycle;

import static com.fluxvantage.kernel.operation.Outcome.found;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Capability;
import com.fluxvantage.kernel.operation.Errand;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Timing;
import com.fluxvantage.kernel.operation.Trigger.Schedule;
import com.fluxvantage.kernel.operation.Unfinished;
import com.fluxvantage.kernel.outside.DatabaseLogin;
import com.fluxvantage.kernel.outside.Outside;

import java.time.Duration;

/**
 * Looks at what a deletion is about to remove, and twice at what it has left, a day apart. It is
 * not the eraser that looks, and it has to have seen the rows before: whoever sees nothing from the
 * start would also see nothing at the end.
 */
final class VerifyDeletions {
    static final Operation<Request, Result> OPERATION =
            Operation.scheduled(
                            "verify-deletions",
                            Schedule.at(Timing.every(Duration.ofMinutes(5))).forPlatform())
                    .summary("Counts what a deletion will remove, and twice what it has left.")
                    .needs(new Capability.LogsInAs(DatabaseLogin.VERIFIER))
                    .runBy(
                            Request.class,
                            Result.class,
                            new Request(),
                            new Errand<>(
                                    (_, call) -> take(call),
                                    VerifyDeletions::carryOut,
                                    VerifyDeletions::record));

    private static final Duration ONE_LEASE = Duration.ofSeconds(60);

    record Request() {}

    /** {@code looks} is how many tables were counted; a residue is an alarm. */
    record Result(int looks, boolean residue, boolean more) implements Unfinished {}

    private static Errand.Taken<DeletionLease, Result> take(Call call) {
        return DeletionLease.take(call, "SIGHTING", "VERIFYING")
                .<Errand.Taken<DeletionLease, Result>>map(Errand::task)
                .orElseGet(() -> Errand.nothing(new Result(0, false, false)));
    }

    private static Looking.Progress carryOut(DeletionLease lease, Outside outside) {
        return new Looking(outside.as(DatabaseLogin.VERIFIER), lease).workFor(ONE_LEASE);
    }

    private static Outcome<Result> record(
            DeletionLease lease, Looking.Progress progress, Call call) {
        lease.release(call);
        return found(new Result(progress.looks(), progress.isResidue(), progress.hasMore()));
    }
}
