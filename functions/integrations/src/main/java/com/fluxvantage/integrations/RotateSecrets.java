package com.fluxvantage.integrations;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Capability;
import com.fluxvantage.kernel.operation.Errand;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Timing;
import com.fluxvantage.kernel.operation.Trigger.Schedule;
import com.fluxvantage.kernel.operation.Unfinished;
import com.fluxvantage.kernel.operation.Work;
import com.fluxvantage.kernel.outside.Outside;
import com.fluxvantage.kernel.outside.SealedSecret;
import com.fluxvantage.kernel.outside.SecretPurpose;
import com.fluxvantage.kernel.outside.Unopenable;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Seals each stored secret anew, half a year after it was last sealed, a few at a time: so no
 * ciphertext outlives the key material that it was made with by long, and a key that is to go can
 * be seen to serve nobody any more. What is left is told by each run. Killed anywhere, it leaves
 * secrets that open: the old ciphertext is replaced by the new one in one statement, and only if it
 * is still the one that was opened.
 *
 * <p>A secret that does not open is marked and passed over. Its tenant has to bring it again.
 */
final class RotateSecrets {
    static final Operation<Request, Result> OPERATION =
            Operation.scheduled(
                            "rotate-secrets",
                            Schedule.at(Timing.daily("02:20")).jitter(Duration.ofMinutes(30)))
                    .summary("Seals stored secrets anew, a few at a time.")
                    .work(Work.PRIVACY)
                    .needs(new Capability.OpensSecrets(SecretPurpose.CHANNEL_SIGNATURE))
                    .needs(new Capability.SealsSecrets(SecretPurpose.CHANNEL_SIGNATURE))
                    .needs(new Capability.OpensSecrets(SecretPurpose.WEBHOOK_SIGNATURE))
                    .needs(new Capability.SealsSecrets(SecretPurpose.WEBHOOK_SIGNATURE))
                    .needs(new Capability.OpensSecrets(SecretPurpose.SHOP_CREDENTIAL))
                    .needs(new Capability.SealsSecrets(SecretPurpose.SHOP_CREDENTIAL))
                    .needs(new Capability.OpensSecrets(SecretPurpose.CARRIER_KEY))
                    .needs(new Capability.SealsSecrets(SecretPurpose.CARRIER_KEY))
                    .needs(new Capability.OpensSecrets(SecretPurpose.CARRIER_SIGNATURE))
                    .needs(new Capability.SealsSecrets(SecretPurpose.CARRIER_SIGNATURE))
                    .runBy(
                            Request.class,
                            Result.class,
                            new Request(),
                            new Errand<>(
                                    (_, call) -> take(call),
                                    RotateSecrets::carryOut,
                                    RotateSecrets::record));

    /** A key of KMS has new material once a year. */
    static final Duration AGE = Duration.ofDays(182);

    /** Two calls of KMS each, some 20 ms; a lease is for two minutes. */
    static final int BATCH = 25;

    record Request() {}

    /**
     * What a run has done.
     *
     * @param left how many are still to be sealed anew
     */
    record Result(int sealed, int unopenable, long left, boolean more) implements Unfinished {}

    private record Taken(
            UUID secretId, SecretPurpose purpose, int version, SealedSecret sealed, int fence) {
        /** Empty where it did not open. */
        Fresh sealedAnew(Outside outside) {
            try {
                var secret = outside.open(StoredSecrets.place(secretId, purpose, version), sealed);
                return new Fresh(
                        this,
                        Optional.of(
                                outside.seal(
                                        StoredSecrets.place(secretId, purpose, version + 1),
                                        secret)));
            } catch (Unopenable _) {
                return new Fresh(this, Optional.empty());
            }
        }
    }

    private record Fresh(Taken taken, Optional<SealedSecret> sealed) {}

    private static Errand.Taken<List<Taken>, Result> take(Call call) {
        var taken =
                call.sql()
                        .createQuery(
                                """
                                select secret_id, purpose, version, sealed, fence
                                  from wms.take_secrets(:before, :most)
                                """)
                        .bind("before", before(call))
                        .bind("most", BATCH)
                        .mapTo(Taken.class)
                        .list();
        if (!taken.isEmpty()) {
            return Errand.task(taken);
        }
        // What is left is held by a run that may be dead: its lease ends within minutes.
        return left(call) == 0 ? Errand.nothing(new Result(0, 0, 0, false)) : Errand.held();
    }

    private static List<Fresh> carryOut(List<Taken> taken, Outside outside) {
        return taken.stream().map(it -> it.sealedAnew(outside)).toList();
    }

    // One that its tenant has replaced meanwhile is newer than this: it is left alone, and the
    // others are kept.
    private static Outcome<Result> record(List<Taken> taken, List<Fresh> fresh, Call call) {
        int sealed = 0;
        int unopenable = 0;
        for (var each : fresh) {
            if (each.sealed.isEmpty()) {
                unopenable += mark(each.taken, call);
            } else if (keep(each.taken, each.sealed.get(), call)) {
                sealed++;
            }
        }
        // Another run may hold the rest: that is not done because this part is.
        long left = left(call);
        return Outcome.found(new Result(sealed, unopenable, left, left > 0));
    }

    private static boolean keep(Taken taken, SealedSecret sealed, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select wms.keep_sealed(:secret, :version, :fence, :sealed, :now)
                        """)
                .bind("secret", taken.secretId)
                .bind("version", taken.version)
                .bind("fence", taken.fence)
                .bind("sealed", sealed)
                .bind("now", call.now())
                .mapTo(Boolean.class)
                .one();
    }

    private static int mark(Taken taken, Call call) {
        return call.sql()
                .createUpdate(
                        """
                        update wms.stored_secret
                           set unopenable_at = :now,
                               leased_until = null
                         where secret_id = :secret
                           and version = :version
                           and fence = :fence
                           and destroyed_at is null
                        """)
                .bind("secret", taken.secretId)
                .bind("version", taken.version)
                .bind("fence", taken.fence)
                .bind("now", call.now())
                .execute();
    }

    private static long left(Call call) {
        return call.sql()
                .createQuery(
                        """
                        select count(*)
                          from wms.stored_secret
                         where destroyed_at is null
                           and unopenable_at is null
                           and sealed_at < :before
                        """)
                .bind("before", before(call))
                .mapTo(Long.class)
                .one();
    }

    private static Instant before(Call call) {
        return call.now().minus(AGE);
    }
}
