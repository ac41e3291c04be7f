package com.fluxvantage.runtime;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Capability;
import com.fluxvantage.kernel.operation.Errand;
import com.fluxvantage.kernel.operation.LostLease;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Timing;
import com.fluxvantage.kernel.operation.Trigger.Event;
import com.fluxvantage.kernel.operation.Trigger.Schedule;
import com.fluxvantage.kernel.operation.Unfinished;
import com.fluxvantage.kernel.outside.Outside;
import com.fluxvantage.kernel.outside.SigningPurpose;
import com.fluxvantage.kernel.quantity.Quantity;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * An errand that exists for these tests only: it has each letter of a pile signed. What a test
 * wants to happen between its parts it puts into {@link #BEFORE} and {@link #AFTER}.
 */
final class ErrandOperations {
    /** Between the first part and the second. */
    static final AtomicReference<Runnable> BEFORE = new AtomicReference<>(() -> {});

    /** Between the second part and the third. */
    static final AtomicReference<Runnable> AFTER = new AtomicReference<>(() -> {});

    static final String PILE =
            """
            create schema trial;
            create table trial.letter (
                letter int primary key,
                fence int not null default 0,
                leased_until timestamptz,
                signature text);
            grant usage on schema trial to fv_worker;
            grant select, update on trial.letter to fv_worker;
            """;

    record Nothing() {}

    record Step(Quantity step) {}

    record Signed(int letter, boolean more) implements Unfinished {}

    record Letter(int letter, int fence) {
        byte[] digest() {
            try {
                return MessageDigest.getInstance("SHA-256")
                        .digest(Integer.toString(letter).getBytes(StandardCharsets.UTF_8));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    static final Operation<Nothing, Signed> HOURLY =
            Operation.scheduled("sign-letters", Schedule.at(Timing.every(Duration.ofHours(1))))
                    .needs(new Capability.Signs(SigningPurpose.EXPORT_MANIFEST))
                    .runBy(Nothing.class, Signed.class, new Nothing(), errand());

    static final Operation<Step, Signed> AT_EACH_STEP =
            Operation.consumer("sign-at-steps", Event.of("step.taken").retries(2))
                    .needs(new Capability.Signs(SigningPurpose.EXPORT_MANIFEST))
                    .runBy(Step.class, Signed.class, new Step(Quantity.of(1)), errand());

    static final Operation<Step, Signed> UNDECLARED =
            Operation.consumer("sign-unasked", Event.of("step.taken").retries(2))
                    .needs(new Capability.Signs(SigningPurpose.AUDIT_SEAL))
                    .runBy(Step.class, Signed.class, new Step(Quantity.of(1)), errand());

    static final List<Operation<?, ?>> ALL = List.of(HOURLY, AT_EACH_STEP, UNDECLARED);

    private ErrandOperations() {}

    private static <Q> Errand<Q, Letter, String, Signed> errand() {
        return new Errand<>(
                (_, call) -> take(call), ErrandOperations::carryOut, ErrandOperations::record);
    }

    private static Errand.Taken<Letter, Signed> take(Call call) {
        var leased =
                call.sql()
                        .createQuery(
                                """
                                update trial.letter
                                   set fence = fence + 1,
                                       leased_until = clock_timestamp() + interval '1 minute'
                                 where letter = (
                                           select letter
                                             from trial.letter
                                            where signature is null
                                              and coalesce(leased_until < clock_timestamp(), true)
                                            order by letter
                                            limit 1
                                              for update skip locked)
                                returning letter, fence
                                """)
                        .mapTo(Letter.class)
                        .findOne();
        if (leased.isPresent()) {
            return Errand.task(leased.get());
        }
        return unsigned(call) == 0 ? Errand.nothing(new Signed(0, false)) : Errand.held();
    }

    private static String carryOut(Letter letter, Outside outside) {
        BEFORE.get().run();
        var signature = outside.sign(SigningPurpose.EXPORT_MANIFEST, letter.digest());
        AFTER.get().run();
        return signature.der().hex();
    }

    private static Outcome<Signed> record(Letter letter, String signature, Call call) {
        int stored =
                call.sql()
                        .createUpdate(
                                "update trial.letter set signature = :signature where letter ="
                                        + " :letter and fence = :fence and signature is null")
                        .bind("signature", signature)
                        .bind("letter", letter.letter)
                        .bind("fence", letter.fence)
                        .execute();
        if (stored == 0) {
            throw new LostLease();
        }
        return Outcome.found(new Signed(letter.letter, unsigned(call) > 0));
    }

    private static int unsigned(Call call) {
        return call.sql()
                .createQuery("select count(*) from trial.letter where signature is null")
                .mapTo(Integer.class)
                .one();
    }
}
