package com.fluxvantage.lifecycle;

import static com.fluxvantage.kernel.operation.Outcome.found;
import static com.fluxvantage.kernel.operation.Outcome.refused;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Capability;
import com.fluxvantage.kernel.operation.Errand;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Timing;
import com.fluxvantage.kernel.operation.Trigger.Schedule;
import com.fluxvantage.kernel.operation.Unfinished;
import com.fluxvantage.kernel.outside.Bucket;
import com.fluxvantage.kernel.outside.Bytes;
import com.fluxvantage.kernel.outside.LockedObjects;
import com.fluxvantage.kernel.outside.Outside;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/**
 * Puts each certificate where it outlives the database and any backup of it: below the digest of
 * its tenant, for seven years, and locked. Whoever restores a backup finds there which tenants were
 * deleted since. It takes no lease: to keep what is kept already has no effect.
 */
final class KeepCertificates {
    static final Operation<Request, Result> OPERATION =
            Operation.scheduled(
                            "keep-certificates",
                            Schedule.at(Timing.every(Duration.ofMinutes(5))).forPlatform())
                    .summary("Keeps certificates of deletions outside of the database.")
                    .needs(new Capability.KeepsObjects(Bucket.CERTIFICATES))
                    .refuses(LifecycleRefusal.CertificatesDiffer.class)
                    .runBy(
                            Request.class,
                            Result.class,
                            new Request(),
                            new Errand<>(
                                    (_, call) -> take(call),
                                    KeepCertificates::carryOut,
                                    KeepCertificates::record));

    private static final int MOST = 20;

    /** As long as the longest of the audit trails. */
    private static final int YEARS_7_DAYS = 2555;

    record Request() {}

    record Result(int kept, boolean more) implements Unfinished {}

    /**
     * One certificate.
     *
     * @param part what it certifies: {@code deletion} or {@code backups}
     * @param tenant its digest
     */
    private record Certificate(
            UUID run,
            String part,
            String tenant,
            String certificate,
            String signedBy,
            Bytes signature) {
        String key() {
            return "%s/%s-%s.json".formatted(tenant, run, part);
        }

        byte[] file() {
            return CertificateFile.of(certificate, signedBy, signature)
                    .getBytes(StandardCharsets.UTF_8);
        }
    }

    private record Task(List<Certificate> certificates, Instant until) {}

    private static Errand.Taken<Task, Result> take(Call call) {
        var unkept =
                call.sql()
                        .createQuery(
                                """
                                select run, part, tenant, certificate, signed_by, signature
                                  from fv.unkept_certificates(:most)
                                """)
                        .bind("most", MOST)
                        .mapTo(Certificate.class)
                        .list();
        return unkept.isEmpty()
                ? Errand.nothing(new Result(0, false))
                : Errand.task(new Task(unkept, call.now().plus(Duration.ofDays(YEARS_7_DAYS))));
    }

    /** How many there were already and are others. */
    private static Integer carryOut(Task task, Outside outside) {
        var kept = outside.kept(Bucket.CERTIFICATES);
        return (int) task.certificates.stream().filter(it -> !isKept(it, task.until, kept)).count();
    }

    private static boolean isKept(Certificate certificate, Instant until, LockedObjects kept) {
        byte[] file = certificate.file();
        return kept.keep(certificate.key(), "application/json", file, until, YEARS_7_DAYS)
                || Arrays.equals(file, kept.get(certificate.key()).orElseThrow());
    }

    private static Outcome<Result> record(Task task, Integer differing, Call call) {
        if (differing > 0) {
            return refused(new LifecycleRefusal.CertificatesDiffer(differing));
        }
        for (var it : task.certificates) {
            call.sql()
                    .createQuery("select fv.note_kept_certificate(:run, :part, :now)")
                    .bind("run", it.run)
                    .bind("part", it.part)
                    .bind("now", call.now())
                    .mapTo(String.class)
                    .one();
        }
        return found(new Result(task.certificates.size(), task.certificates.size() == MOST));
    }
}
