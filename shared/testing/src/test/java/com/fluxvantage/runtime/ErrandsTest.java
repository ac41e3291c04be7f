package com.fluxvantage.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse.BatchItemFailure;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.fluxvantage.kernel.outside.Bytes;
import com.fluxvantage.kernel.outside.SigningPurpose;
import com.fluxvantage.kernel.outside.Unreachable;
import com.fluxvantage.testing.Together;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * An errand acts outside between two transactions: whatever dies between them, its effect is
 * recorded once.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class ErrandsTest {
    /** Stands for a process that is killed: no boundary catches it. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    private final Aftermath given = new Aftermath();
    private final EventFunction<?, ?> sign = given.function(ErrandOperations.AT_EACH_STEP);
    private final AtomicInteger acts = new AtomicInteger();

    @BeforeEach
    void a_letter_waits() {
        given.house().execute(ErrandOperations.PILE);
        letters(1);
        given.steps(1, 1);
        ErrandOperations.BEFORE.set(acts::incrementAndGet);
    }

    @AfterEach
    void leave() {
        ErrandOperations.BEFORE.set(() -> {});
        ErrandOperations.AFTER.set(() -> {});
        given.close();
    }

    @Test
    void is_carried_out_and_recorded_by_the_job_in_its_tenant() {
        assertThat(failed(message())).isEmpty();

        assertThat(areSigned(1)).isTrue();
        assertThat(acts).hasValue(1);
        assertThat(given.house().ask("select distinct actor from wms.audit_entry"))
                .startsWith("job:");
    }

    @Test
    void goes_on_until_nothing_is_left_one_task_a_round() {
        letters(5);

        assertThat(failed(message())).isEmpty();

        assertThat(areSigned(5)).isTrue();
        assertThat(acts).hasValue(5);
    }

    @Test
    void that_finds_nothing_to_do_is_done() {
        given.house().execute("delete from trial.letter");

        assertThat(failed(message())).isEmpty();

        assertThat(acts).hasValue(0);
        assertThat(failed(message())).isEmpty();
        assertThat(given.deadLetters()).isEmpty();
    }

    @Test
    void runs_by_the_clock_too() {
        letters(3);
        try (var clockwork = given.clockwork(ErrandOperations.HOURLY)) {
            given.clock().move(Duration.ofHours(1));
            clockwork.turn();
        }

        assertThat(areSigned(3)).isTrue();
    }

    @Test
    void holds_no_transaction_while_it_acts() {
        var open = new AtomicInteger(-1);
        ErrandOperations.BEFORE.set(() ->
                open.set(
                        Integer.parseInt(
                                given.house()
                                        .ask(
                                                "select count(*) from pg_stat_activity"
                                                        + " where datname = current_database()"
                                                        + " and usename = 'fv_worker' and"
                                                        + " xact_start is not null"))));

        assertThat(failed(message())).isEmpty();

        assertThat(open).hasValue(0);
    }

    @Test
    void that_was_killed_before_it_acted_is_carried_out_when_its_lease_has_ended() {
        killedOnce(ErrandOperations.BEFORE);

        assertThatThrownBy(() -> failed(message())).isInstanceOf(Killed.class);
        ErrandOperations.BEFORE.set(acts::incrementAndGet);
        assertThat(failed(message())).as("somebody holds it").containsExactly("1");
        leasesEnd();
        assertThat(failed(message())).isEmpty();

        assertThat(areSigned(1)).isTrue();
        assertThat(acts).hasValue(1);
    }

    @Test
    void that_was_killed_after_it_acted_acts_again_and_is_recorded_once() {
        killedOnce(ErrandOperations.AFTER);

        assertThatThrownBy(() -> failed(message())).isInstanceOf(Killed.class);
        assertThat(areSigned(1)).isFalse();
        leasesEnd();
        assertThat(failed(message())).isEmpty();

        assertThat(areSigned(1)).isTrue();
        assertThat(acts).hasValue(2);
    }

    @Test
    void that_was_killed_after_it_was_recorded_does_nothing_more() {
        assertThat(failed(message())).isEmpty();
        assertThat(failed(message(), message())).isEmpty();

        assertThat(acts).hasValue(1);
        assertThat(given.house().ask("select fence from trial.letter")).isEqualTo("1");
    }

    @Test
    void that_was_killed_among_many_goes_on_where_it_was() {
        letters(4);
        ErrandOperations.AFTER.set(() -> {
            if (acts.get() == 3) {
                ErrandOperations.AFTER.set(() -> {});
                throw new Killed();
            }
        });

        assertThatThrownBy(() -> failed(message())).isInstanceOf(Killed.class);
        leasesEnd();
        assertThat(failed(message())).isEmpty();

        assertThat(areSigned(4)).isTrue();
        assertThat(acts).as("the third was signed twice").hasValue(5);
    }

    @Test
    void lets_no_twin_act_while_it_does() {
        var twin = given.function(ErrandOperations.AT_EACH_STEP);
        ErrandOperations.AFTER.set(() ->
                assertThat(failures(twin.apply(batch(message())).getBatchItemFailures()))
                        .containsExactly("1"));

        assertThat(failed(message())).isEmpty();

        assertThat(acts).hasValue(1);
        assertThat(areSigned(1)).isTrue();
    }

    @Test
    void whose_twin_was_quicker_records_nothing_and_is_done() {
        var twin = given.function(ErrandOperations.AT_EACH_STEP);
        ErrandOperations.AFTER.set(() -> {
            ErrandOperations.AFTER.set(() -> {});
            leasesEnd();
            assertThat(twin.apply(batch(message())).getBatchItemFailures()).isEmpty();
        });

        assertThat(failed(message())).isEmpty();

        assertThat(acts).hasValue(2);
        assertThat(given.house().ask("select fence from trial.letter")).isEqualTo("2");
        assertThat(areSigned(1)).isTrue();
    }

    @Test
    void whose_lease_somebody_else_has_taken_records_nothing_and_comes_again() {
        ErrandOperations.AFTER.set(
                () -> given.house().execute("update trial.letter set fence = fence + 1"));

        assertThat(failed(message())).containsExactly("1");

        assertThat(areSigned(1)).isFalse();
        assertThat(given.house().ask("select count(*) from wms.idempotency_record")).isEqualTo("0");
        ErrandOperations.AFTER.set(() -> {});
        leasesEnd();
        assertThat(failed(message())).isEmpty();
        assertThat(areSigned(1)).isTrue();
    }

    @Test
    void to_whom_nobody_answers_comes_again_and_is_given_up_at_last() {
        ErrandOperations.BEFORE.set(() -> {
            leasesEnd();
            throw new Unreachable("the signer", new IllegalStateException("no route"));
        });

        assertThat(failed(message(1))).containsExactly("1");
        assertThat(failed(message(2))).containsExactly("1");
        assertThat(failed(message(3))).isEmpty();

        assertThat(given.deadLetters()).containsExactly("sign-at-steps 1 unreachable DEAD");
    }

    @Test
    void goes_only_where_its_descriptor_says() {
        var unasked = given.function(ErrandOperations.UNDECLARED);

        assertThat(failures(unasked.apply(batch(message())).getBatchItemFailures()))
                .containsExactly("1");

        assertThat(areSigned(1)).isFalse();
    }

    /** Its lease ends while it is being recorded by others: all letters once, by four at a time. */
    @Test
    void shares_a_pile_with_others_and_signs_each_letter_once() {
        letters(12);
        given.steps(2, 4);

        Together.all(
                4,
                caller -> {
                    var mine = given.function(ErrandOperations.AT_EACH_STEP);
                    return mine.apply(batch(message(caller + 1L, 1)));
                });

        assertThat(areSigned(12)).isTrue();
        assertThat(acts).hasValue(12);
        assertThat(given.house().ask("select max(fence) from trial.letter")).isEqualTo("1");
    }

    private void killedOnce(AtomicReference<Runnable> between) {
        between.set(() -> {
            between.set(() -> {});
            throw new Killed();
        });
    }

    private void letters(int last) {
        given.house()
                .execute(
                        "insert into trial.letter (letter) select * from generate_series(1, "
                                + last
                                + ") on conflict do nothing");
    }

    private void leasesEnd() {
        given.house().execute("update trial.letter set leased_until = now() - interval '1 second'");
    }

    /** All so many letters are there with signatures that the public key verifies. */
    private boolean areSigned(int letters) {
        var key = given.ports().signer().key(SigningPurpose.EXPORT_MANIFEST);
        for (int letter = 1; letter <= letters; letter++) {
            String signature =
                    given.house()
                            .ask(
                                    "select coalesce(signature, '') from trial.letter where letter"
                                            + " = "
                                            + letter);
            if (!key.verifies(
                    new ErrandOperations.Letter(letter, 0).digest(),
                    Bytes.of(HexFormat.of().parseHex(signature)))) {
                return false;
            }
        }
        return true;
    }

    private List<String> failed(SQSEvent.SQSMessage... messages) {
        return failures(sign.apply(batch(messages)).getBatchItemFailures());
    }

    private static List<String> failures(List<BatchItemFailure> failures) {
        return failures.stream().map(BatchItemFailure::getItemIdentifier).toList();
    }

    private static SQSEvent batch(SQSEvent.SQSMessage... messages) {
        var event = new SQSEvent();
        event.setRecords(List.of(messages));
        return event;
    }

    private SQSEvent.SQSMessage message() {
        return message(1);
    }

    private SQSEvent.SQSMessage message(int attempt) {
        return message(1L, attempt);
    }

    private SQSEvent.SQSMessage message(long no, int attempt) {
        var message = new SQSEvent.SQSMessage();
        message.setMessageId(Long.toString(no));
        message.setBody(
                new EventMessage(given.tenant().uuid(), Aftermath.STREAM, no, "step.taken").json());
        message.setAttributes(Map.of("ApproximateReceiveCount", Integer.toString(attempt)));
        return message;
    }
}
