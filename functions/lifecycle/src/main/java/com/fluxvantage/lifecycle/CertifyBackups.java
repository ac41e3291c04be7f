package com.fluxvantage.lifecycle;

import static com.fluxvantage.kernel.operation.Outcome.found;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Capability;
import com.fluxvantage.kernel.operation.Errand;
import com.fluxvantage.kernel.operation.LostLease;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Timing;
import com.fluxvantage.kernel.operation.Trigger.Schedule;
import com.fluxvantage.kernel.operation.Unfinished;
import com.fluxvantage.kernel.outside.Backups;
import com.fluxvantage.kernel.outside.Outside;
import com.fluxvantage.kernel.outside.SigningPurpose;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * Proves on the day that a deletion's certificate names that the last backup with the tenant is
 * gone. First somebody looks what the database could be restored from; only when all of that is
 * from after the tenant's end is a second certificate drafted, and the next run signs it. While
 * something is left it is looked again each hour, and after a week a person is called. A draft is
 * made once, so a signature that was lost in a crash is made again over the same text.
 */
final class CertifyBackups {
    static final Operation<Request, Result> OPERATION =
            Operation.scheduled(
                            "certify-backups",
                            Schedule.at(Timing.every(Duration.ofHours(1)))
                                    .forPlatform()
                                    .deadline(Duration.ofMinutes(55)))
                    .summary("Certifies that no backup holds a deleted tenant any more.")
                    .needs(new Capability.SeesBackups())
                    .needs(new Capability.Signs(SigningPurpose.DELETION_CERTIFICATE))
                    .runBy(
                            Request.class,
                            Result.class,
                            new Request(),
                            new Errand<>(
                                    (_, call) -> take(call),
                                    CertifyBackups::carryOut,
                                    CertifyBackups::record));

    private static final int LEASE_SECONDS = 180;

    record Request() {}

    /**
     * @param certified so many have their certificate now
     * @param left whether something older could still be restored
     */
    record Result(int certified, boolean left, boolean more) implements Unfinished {}

    /**
     * @param goneAt since then no row of the tenant is in the database
     * @param certificate absent while nobody has seen that nothing is left
     */
    private record Task(UUID run, long fence, Instant goneAt, Optional<String> certificate) {}

    private sealed interface Carried {
        record Looked(Backups.Standing standing) implements Carried {}

        record Certified(Signed signed) implements Carried {}
    }

    private static Errand.Taken<Task, Result> take(Call call) {
        return call.sql()
                .createQuery(
                        """
                        select run, fence, gone_at, certificate
                          from fv.take_backup_ageing(:now, :seconds)
                         where run is not null
                        """)
                .bind("now", call.now())
                .bind("seconds", LEASE_SECONDS)
                .mapTo(Task.class)
                .findOne()
                .<Errand.Taken<Task, Result>>map(Errand::task)
                .orElseGet(() -> Errand.nothing(new Result(0, false, false)));
    }

    private static Carried carryOut(Task task, Outside outside) {
        return task.certificate.isEmpty()
                ? new Carried.Looked(outside.backups())
                : new Carried.Certified(
                        Signed.by(
                                SigningPurpose.DELETION_CERTIFICATE,
                                Signed.sha256(task.certificate.get()),
                                outside));
    }

    private static Outcome<Result> record(Task task, Carried carried, Call call) {
        return found(
                switch (carried) {
                    case Carried.Looked(var standing) -> witnessed(task, standing, call);
                    case Carried.Certified(var signed) -> certified(task, signed, call);
                });
    }

    private static Result witnessed(Task task, Backups.Standing standing, Call call) {
        long older = standing.snapshots().stream().filter(it -> !it.isAfter(task.goneAt)).count();
        var outcome =
                call.sql()
                        .createQuery(
                                """
                                select fv.witness_backups(
                                    :run, :fence, :now, :restorable_from, :snapshots, :older)
                                """)
                        .bind("run", task.run)
                        .bind("fence", task.fence)
                        .bind("now", call.now())
                        .bind("restorable_from", standing.restorableFrom())
                        .bind("snapshots", standing.snapshots().size())
                        .bind("older", (int) older)
                        .mapTo(String.class)
                        .one();
        return switch (outcome) {
            case "DRAFTED" -> {
                letGo(task, call);
                yield new Result(0, false, true);
            }
            case "LEFT" -> new Result(0, true, true);
            default -> throw new LostLease();
        };
    }

    // The draft is signed by the next run, which is at once.
    private static void letGo(Task task, Call call) {
        call.sql()
                .createQuery("select fv.release_backup_ageing(:run, :fence)")
                .bind("run", task.run)
                .bind("fence", task.fence)
                .mapTo(String.class)
                .one();
    }

    private static Result certified(Task task, Signed signed, Call call) {
        signed.note(call);
        var outcome =
                call.sql()
                        .createQuery(
                                """
                                select fv.certify_backups(
                                    :run, :fence, encode(:digest, 'hex'), :key, :algorithm, :signature, :now)
                                """)
                        .bind("run", task.run)
                        .bind("fence", task.fence)
                        .bind("digest", Signed.sha256(task.certificate.orElseThrow()))
                        .bind("key", signed.signature().keyId())
                        .bind("algorithm", Signed.ALGORITHM)
                        .bind("signature", signed.signature().der().toArray())
                        .bind("now", call.now())
                        .mapTo(String.class)
                        .one();
        if (!outcome.equals("DONE")) {
            throw new LostLease();
        }
        return new Result(1, false, true);
    }
}
