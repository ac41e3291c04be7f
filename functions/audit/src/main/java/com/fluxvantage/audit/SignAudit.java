package com.fluxvantage.audit;

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
import com.fluxvantage.kernel.outside.Bytes;
import com.fluxvantage.kernel.outside.Outside;
import com.fluxvantage.kernel.outside.Signature;
import com.fluxvantage.kernel.outside.SigningKey;
import com.fluxvantage.kernel.outside.SigningPurpose;
import com.fluxvantage.kernel.tenancy.TenantId;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Has the ends of all chains signed, once an hour as one root, and each segment that was closed.
 * From then on nobody who owns the database alone can cut an end off or make a chain anew.
 */
final class SignAudit {
    static final Operation<Request, Result> OPERATION =
            Operation.scheduled(
                            "sign-audit",
                            Schedule.at(Timing.every(Duration.ofHours(1)))
                                    .forPlatform()
                                    .deadline(Duration.ofMinutes(55)))
                    .summary("Has the ends of all audit chains signed, and closed segments.")
                    .needs(new Capability.Signs(SigningPurpose.AUDIT_SEAL))
                    .runBy(
                            Request.class,
                            Result.class,
                            Request.EXAMPLE,
                            new Errand<>(SignAudit::take, SignAudit::carryOut, SignAudit::record));

    /** A run of the function has time for some hundreds; a root and a few seals are usual. */
    private static final int MOST = 50;

    /** Longer than a run may take, so that none is overtaken while it is alive. */
    private static final Duration LEASE = Duration.ofMinutes(6);

    /** The tick's own time: one root for each, however often it comes. */
    record Request(Instant scheduledAt) {
        static final Request EXAMPLE = new Request(Instant.parse("2026-11-24T10:00:00Z"));
    }

    record Result(int signed, boolean more) implements Unfinished {}

    enum Kind {
        ROOT,
        SEAL
    }

    /**
     * One thing to sign.
     *
     * @param no of the root, or of the tenant's segment
     * @param fence grows with each lease
     */
    record ToSign(Kind kind, TenantId tenant, long no, int fence, Bytes digest) {}

    record Signed(ToSign what, Signature signature) {}

    record Carried(SigningKey key, List<Signed> signed) {}

    private static Errand.Taken<List<ToSign>, Result> take(Request request, Call call) {
        var leased =
                call.sql()
                        .createQuery(
                                """
                                select kind, tenant, no, fence, digest
                                  from fv.take_audit_signing(:due, :most, make_interval(secs => :seconds))
                                """)
                        .bind("due", request.scheduledAt)
                        .bind("most", MOST)
                        .bind("seconds", LEASE.toSeconds())
                        .mapTo(ToSign.class)
                        .list();
        if (!leased.isEmpty()) {
            return Errand.task(leased);
        }
        return unsigned(call) == 0 ? Errand.nothing(new Result(0, false)) : Errand.held();
    }

    private static Carried carryOut(List<ToSign> task, Outside outside) {
        var key = outside.signingKey(SigningPurpose.AUDIT_SEAL);
        return new Carried(
                key,
                task.stream()
                        .map(it ->
                                new Signed(
                                        it,
                                        outside.sign(
                                                SigningPurpose.AUDIT_SEAL, it.digest.toArray())))
                        .toList());
    }

    private static Outcome<Result> record(List<ToSign> task, Carried carried, Call call) {
        call.sql()
                .createQuery("select fv.note_signing_key(:key, :purpose, :spki)")
                .bind("key", carried.key.keyId())
                .bind("purpose", SigningPurpose.AUDIT_SEAL.publicName())
                .bind("spki", carried.key.spki())
                .mapTo(String.class)
                .one();
        for (var signed : carried.signed) {
            mustBeKnown(carried.key, signed);
            store(signed, call);
        }
        return found(new Result(carried.signed.size(), unsigned(call) > 0));
    }

    // Between the two questions the alias may have been pointed at another key: then nothing is
    // stored, and the next try asks for both again.
    private static void mustBeKnown(SigningKey key, Signed signed) {
        if (!key.verifies(signed.what.digest.toArray(), signed.signature.der())) {
            throw new LostLease();
        }
    }

    private static void store(Signed signed, Call call) {
        boolean isOurs =
                call.sql()
                        .createQuery(
                                """
                                select fv.record_audit_signature(:kind, :tenant, :no, :fence, :key, :signature)
                                """)
                        .bind("kind", signed.what.kind.name())
                        .bind("tenant", signed.what.tenant)
                        .bind("no", signed.what.no)
                        .bind("fence", signed.what.fence)
                        .bind("key", signed.signature.keyId())
                        .bind("signature", signed.signature.der())
                        .mapTo(Boolean.class)
                        .one();
        if (!isOurs) {
            throw new LostLease();
        }
    }

    private static int unsigned(Call call) {
        return call.sql().createQuery("select fv.unsigned_audit()").mapTo(Integer.class).one();
    }
}
