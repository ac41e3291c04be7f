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
import com.fluxvantage.kernel.outside.Outside;
import com.fluxvantage.kernel.outside.SigningPurpose;

import java.time.Duration;

/**
 * Ends a deletion that was looked at twice: its certificate is drafted, signed and kept, and of the
 * tenant are left its id, a digest of its name and its dates. The draft is made once, so a
 * signature that was made and lost in a crash is simply made again, over the same text.
 */
final class CertifyDeletions {
    static final Operation<Request, Result> OPERATION =
            Operation.scheduled(
                            "certify-deletions",
                            Schedule.at(Timing.every(Duration.ofMinutes(5))).forPlatform())
                    .summary("Signs the certificate of each deletion that was looked at twice.")
                    .needs(new Capability.Signs(SigningPurpose.DELETION_CERTIFICATE))
                    .runBy(
                            Request.class,
                            Result.class,
                            new Request(),
                            new Errand<>(
                                    (_, call) -> take(call),
                                    CertifyDeletions::carryOut,
                                    CertifyDeletions::record));

    record Request() {}

    record Result(int certified, boolean more) implements Unfinished {}

    private record Draft(DeletionLease lease, String certificate) {
        byte[] digest() {
            return Signed.sha256(certificate);
        }
    }

    private static Errand.Taken<Draft, Result> take(Call call) {
        return DeletionLease.take(call, "CERTIFYING")
                .flatMap(lease ->
                        call.sql()
                                .createQuery("select fv.draft_certificate(:run, :fence, :now)")
                                .bind("run", lease.run())
                                .bind("fence", lease.fence())
                                .bind("now", lease.now())
                                .mapTo(String.class)
                                .findOne()
                                .map(it -> new Draft(lease, it)))
                .<Errand.Taken<Draft, Result>>map(Errand::task)
                .orElseGet(() -> Errand.nothing(new Result(0, false)));
    }

    private static Signed carryOut(Draft draft, Outside outside) {
        return Signed.by(SigningPurpose.DELETION_CERTIFICATE, draft.digest(), outside);
    }

    private static Outcome<Result> record(Draft draft, Signed signed, Call call) {
        signed.note(call);
        var ended =
                call.sql()
                        .createQuery(
                                """
                                select fv.certify_deletion(
                                    :run, :fence, encode(:digest, 'hex'), :key, :algorithm, :signature, :now)
                                """)
                        .bind("run", draft.lease.run())
                        .bind("fence", draft.lease.fence())
                        .bind("digest", draft.digest())
                        .bind("key", signed.signature().keyId())
                        .bind("algorithm", Signed.ALGORITHM)
                        .bind("signature", signed.signature().der().toArray())
                        .bind("now", call.now())
                        .mapTo(String.class)
                        .one();
        if (!ended.equals("DONE")) {
            throw new LostLease();
        }
        return found(new Result(1, true));
    }
}
