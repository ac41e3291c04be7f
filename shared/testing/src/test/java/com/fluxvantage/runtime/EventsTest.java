package com.fluxvantage.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse.BatchItemFailure;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.fluxvantage.testing.Together;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An event on its way from the queue to its effect: once, in order, in its own tenant, or never.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class EventsTest {
    private static final UUID OTHER_STREAM = new UUID(7, 7);

    private final Aftermath given = new Aftermath();
    private final EventFunction<?, ?> follow = given.function(ConsumerOperations.FOLLOW);

    @AfterEach
    void leave() {
        given.close();
    }

    @Test
    void goes_from_the_outbox_to_those_who_need_the_order_and_those_who_do_not() {
        try (var clockwork =
                given.clockwork(ConsumerOperations.FOLLOW, ConsumerOperations.OVERHEAR)) {
            given.steps(1, 3);

            clockwork.turn();
            clockwork.turn();

            assertThat(given.noted())
                    .containsExactlyInAnyOrder("F1", "F2", "F3", "O1", "O2", "O3")
                    .containsSubsequence("F1", "F2", "F3");
            assertThat(given.unsent()).isZero();
            assertThat(given.deadLetters()).isEmpty();
        }
    }

    @Test
    void is_done_by_the_job_in_its_tenant_and_recorded_there() {
        given.steps(1, 1);

        assertThat(failed(message(1))).isEmpty();

        assertThat(
                        given.house()
                                .ask(
                                        "select tenant_id || ' ' || actor || ' ' || action from"
                                                + " wms.audit_entry"))
                .isEqualTo(
                        given.tenant().uuid()
                                + " job:00000000-0000-7000-8009-000000000001 follow-steps");
    }

    @Test
    void has_one_effect_however_often_it_comes() {
        given.steps(1, 1);

        assertThat(failed(message(1), message(1))).isEmpty();
        assertThat(failed(message(1))).isEmpty();
        given.clock().move(Duration.ofDays(13));
        assertThat(failed(message(1))).isEmpty();

        assertThat(given.noted()).containsExactly("F1");
        assertThat(given.house().ask("select count(*) from wms.audit_entry")).isEqualTo("1");
    }

    @Test
    void has_one_effect_when_it_comes_to_many_at_once() {
        given.steps(1, 1);
        var functions =
                List.of(
                        follow,
                        given.function(ConsumerOperations.FOLLOW),
                        given.function(ConsumerOperations.FOLLOW),
                        given.function(ConsumerOperations.FOLLOW));

        Together.all(4, caller -> functions.get(caller).apply(batch(message(1))));

        assertThat(given.noted()).containsExactly("F1");
    }

    @Test
    void has_one_effect_for_each_consumer() {
        given.steps(1, 1);

        follow.apply(batch(message(1)));
        given.function(ConsumerOperations.OVERHEAR).apply(batch(message(1)));

        assertThat(given.noted()).containsExactly("F1", "O1");
    }

    @Test
    void that_fails_takes_the_rest_of_its_group_along_and_no_other_group() {
        given.steps(1, 3);
        given.step(OTHER_STREAM, 4);
        failAt("F2");

        assertThat(failed(message(1), message(2), message(3), message(OTHER_STREAM, 4)))
                .containsExactly("2", "3");

        assertThat(given.noted()).containsExactly("F1", "F4");
        ConsumerOperations.INSIDE.set(_ -> {});
        assertThat(failed(message(2), message(3))).isEmpty();
        assertThat(given.noted()).containsExactly("F1", "F4", "F2", "F3");
    }

    @Test
    void is_tried_as_often_as_the_descriptor_says_and_then_given_up() {
        given.steps(1, 2);
        var tries = new AtomicInteger();
        ConsumerOperations.INSIDE.set(noted -> {
            if (noted.code().equals("F1")) {
                tries.incrementAndGet();
                throw new IllegalStateException("broken");
            }
        });

        assertThat(failed(message(1, 1))).containsExactly("1");
        assertThat(failed(message(1, 2))).containsExactly("1");
        assertThat(given.deadLetters()).isEmpty();
        assertThat(failed(message(1, 3))).isEmpty();

        assertThat(tries).hasValue(3);
        assertThat(given.noted()).isEmpty();
        assertThat(given.deadLetters()).containsExactly("follow-steps 1 fault DEAD");
    }

    @Test
    void that_is_refused_is_given_up_at_once_under_the_refusals_code() {
        given.step(Aftermath.STREAM, 13);

        assertThat(failed(message(13))).isEmpty();

        assertThat(given.noted()).isEmpty();
        assertThat(given.deadLetters())
                .containsExactly("follow-steps 13 runtime.code-reserved DEAD");
    }

    @Test
    void that_was_given_up_holds_back_its_stream_where_the_order_counts() {
        given.steps(13, 14);
        given.step(OTHER_STREAM, 15);

        assertThat(failed(message(13), message(14), message(OTHER_STREAM, 15))).isEmpty();
        given.function(ConsumerOperations.OVERHEAR).apply(batch(message(13), message(14)));

        assertThat(given.noted()).containsExactly("F15", "O14");
        assertThat(given.deadLetters())
                .containsExactly(
                        "follow-steps 13 runtime.code-reserved DEAD",
                        "follow-steps 14 behind-another DEAD",
                        "overhear-steps 13 runtime.code-reserved DEAD");
    }

    @Test
    void that_nobody_has_announced_is_given_up() {
        assertThat(failed(message(99))).isEmpty();

        assertThat(given.deadLetters()).containsExactly("follow-steps 99 unknown-event DEAD");
    }

    @Test
    void of_another_type_is_given_up() {
        given.steps(1, 1);
        given.house().execute("update wms.outbox set type = 'step.missed'");

        assertThat(failed(message(1))).isEmpty();

        assertThat(given.deadLetters()).containsExactly("follow-steps 1 not-subscribed DEAD");
    }

    @Test
    void that_does_not_say_what_it_should_is_given_up() {
        given.steps(1, 1);
        for (String payload : List.of("{}", "[]", "{\"step\": \"one\"}", "null")) {
            given.house().execute("update wms.outbox set payload = '" + payload + "'");

            assertThat(failed(message(1))).as(payload).isEmpty();

            assertThat(given.deadLetters()).containsExactly("follow-steps 1 undecodable DEAD");
            given.house().execute("delete from wms.dead_letter");
        }
    }

    @Test
    void of_one_tenant_is_not_found_in_another() {
        given.steps(1, 1);
        var other = given.house().openTenant("active");
        var forged = new EventMessage(other.uuid(), Aftermath.STREAM, 1, "step.taken");

        assertThat(failed(record("1", 1, "g", forged.json()))).isEmpty();

        assertThat(given.noted(other)).isEmpty();
        assertThat(given.noted()).isEmpty();
        assertThat(given.house().ask("select tenant_id || ' ' || reason from wms.dead_letter"))
                .isEqualTo(other.uuid() + " unknown-event");
    }

    @Test
    void of_no_tenant_and_of_no_form_stays_in_the_queue_until_that_puts_it_aside() {
        var nowhere = new EventMessage(new UUID(1, 1), Aftermath.STREAM, 1, "step.taken");

        assertThat(
                        failed(
                                record("1", 9, "a", nowhere.json()),
                                record("2", 9, "b", "{}"),
                                record("3", 9, "c", "rubbish"),
                                record("4", 9, "d", "")))
                .containsExactly("1", "2", "3", "4");
    }

    @Test
    void waits_while_the_tenants_state_forbids_the_work() {
        given.steps(1, 1);
        given.house().execute("update wms.tenant set state = 'suspended'");
        assertThat(failed(message(1, 9))).containsExactly("1");
        assertThat(given.noted()).isEmpty();

        given.house().execute("update wms.tenant set state = 'active'");
        assertThat(failed(message(1, 10))).isEmpty();
        assertThat(given.noted()).containsExactly("F1");
    }

    @Test
    void leaves_nothing_when_the_connection_dies_before_the_commit_and_is_done_the_next_time() {
        given.steps(1, 1);
        ConsumerOperations.INSIDE.set(noted ->
                given.house()
                        .kill(
                                noted.call()
                                        .sql()
                                        .createQuery("select pg_backend_pid()")
                                        .mapTo(Long.class)
                                        .one()));
        assertThat(failed(message(1))).containsExactly("1");
        assertThat(given.noted()).isEmpty();

        ConsumerOperations.INSIDE.set(_ -> {});
        assertThat(failed(message(1, 2))).isEmpty();
        assertThat(given.noted()).containsExactly("F1");
    }

    private static void failAt(String code) {
        ConsumerOperations.INSIDE.set(noted -> {
            if (noted.code().equals(code)) {
                throw new IllegalStateException("broken");
            }
        });
    }

    private List<String> failed(SQSEvent.SQSMessage... messages) {
        return follow.apply(batch(messages)).getBatchItemFailures().stream()
                .map(BatchItemFailure::getItemIdentifier)
                .toList();
    }

    private SQSEvent.SQSMessage message(int no) {
        return message(no, 1);
    }

    private SQSEvent.SQSMessage message(int no, int receives) {
        return message(Aftermath.STREAM, no, receives);
    }

    private SQSEvent.SQSMessage message(UUID stream, int no) {
        return message(stream, no, 1);
    }

    private SQSEvent.SQSMessage message(UUID stream, int no, int receives) {
        var message = new EventMessage(given.tenant().uuid(), stream, no, "step.taken");
        return record(Integer.toString(no), receives, stream.toString(), message.json());
    }

    private static SQSEvent.SQSMessage record(String id, int receives, String group, String body) {
        var record = new SQSEvent.SQSMessage();
        record.setMessageId(id);
        record.setBody(body);
        record.setAttributes(
                Map.of(
                        "MessageGroupId",
                        group,
                        "ApproximateReceiveCount",
                        Integer.toString(receives)));
        return record;
    }

    private static SQSEvent batch(SQSEvent.SQSMessage... messages) {
        var event = new SQSEvent();
        event.setRecords(new ArrayList<>(List.of(messages)));
        return event;
    }
}
