package com.fluxvantage.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fluxvantage.testing.Together;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;

/** Events leave the outbox at least once and in order, whenever whoever carries them is killed. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class OutboxRelayTest {
    private static final String FOLLOW = ConsumerOperations.FOLLOW.name();

    /** As a process that is killed: nothing catches it, nothing is tidied up. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    private final Aftermath given = new Aftermath();

    @AfterEach
    void leave() {
        given.close();
    }

    @Test
    void carries_each_event_once_in_the_order_of_its_stream() {
        given.steps(1, 12);
        given.step(new UUID(7, 7), 40);

        assertThat(given.relay(given.queues()).drain()).isEqualTo(13);

        assertThat(given.relay(given.queues()).drain()).isZero();
        while (given.deliver(ConsumerOperations.FOLLOW)) {}
        assertThat(given.noted()).hasSize(13).containsSubsequence("F1", "F2", "F9", "F10", "F12");
    }

    @Test
    void killed_after_it_has_sent_and_before_it_has_marked_sends_again_and_the_effect_is_one() {
        given.steps(1, 3);
        Queues killing =
                (consumer, batch) -> {
                    given.queues().send(consumer, batch);
                    throw new Killed();
                };
        assertThatThrownBy(given.relay(killing)::carry).isInstanceOf(Killed.class);
        assertThat(given.unsent()).isEqualTo(3);
        assertThat(given.queues().size(FOLLOW)).isEqualTo(1);
        deliverAll();
        assertThat(given.noted()).containsExactly("F1");

        // Meanwhile the queue has forgotten what it had.
        given.clock().move(java.time.Duration.ofMinutes(6));
        theLeaseEnds();
        given.relay(given.queues()).drain();
        deliverAll();

        assertThat(given.noted()).containsExactly("F1", "F2", "F3");
        assertThat(given.unsent()).isZero();
    }

    @Test
    void killed_after_it_has_leased_and_before_it_has_sent_loses_nothing() {
        given.steps(1, 3);
        Queues killing =
                (_, _) -> {
                    throw new Killed();
                };
        assertThatThrownBy(given.relay(killing)::carry).isInstanceOf(Killed.class);

        // Nobody takes a stream over before the lease has ended.
        assertThat(given.relay(given.queues()).carry()).isZero();
        assertThat(given.queues().size(FOLLOW)).isZero();

        theLeaseEnds();
        assertThat(given.relay(given.queues()).drain()).isEqualTo(3);
    }

    @Test
    void marks_nothing_after_another_has_taken_its_streams_over() {
        given.steps(1, 2);
        var isFirst = new AtomicBoolean(true);
        var slow =
                given.relay((consumer, batch) -> {
                    if (isFirst.getAndSet(false)) {
                        theLeaseEnds();
                        given.relay(given.queues()).drain();
                        given.steps(3, 3);
                    }
                    return given.queues().send(consumer, batch);
                });

        assertThat(slow.carry()).isZero();

        deliverAll();
        assertThat(given.noted()).containsExactly("F1", "F2");
        given.relay(given.queues()).drain();
        deliverAll();
        assertThat(given.noted()).containsExactly("F1", "F2", "F3");
    }

    @Test
    void stops_a_stream_at_the_event_that_was_not_taken_and_goes_on_with_the_others() {
        var other = new UUID(7, 7);
        given.steps(1, 3);
        given.step(other, 40);
        var refusing = new HashSet<>(Set.of("/2/1"));
        Queues choosy =
                (consumer, batch) -> {
                    var refused = new HashSet<String>();
                    for (var message : batch) {
                        if (refusing.stream().anyMatch(message.deduplication()::endsWith)) {
                            refused.add(message.deduplication());
                        } else {
                            given.queues().send(consumer, List.of(message));
                        }
                    }
                    return refused;
                };

        assertThat(given.relay(choosy).carry()).isEqualTo(2);
        assertThat(given.unsent()).isEqualTo(2);
        refusing.clear();
        assertThat(given.relay(choosy).drain()).isEqualTo(2);

        deliverAll();
        assertThat(given.noted()).hasSize(4).containsSubsequence("F1", "F2", "F3");
    }

    @Test
    void keeps_everything_while_the_queue_cannot_be_reached() {
        given.steps(1, 3);
        Queues away =
                (_, _) -> {
                    throw new IllegalStateException("no route to host");
                };

        assertThat(given.relay(away).drain()).isZero();

        assertThat(given.unsent()).isEqualTo(3);
        assertThat(given.relay(given.queues()).drain()).isEqualTo(3);
    }

    @Test
    void two_at_once_never_swap_two_events_of_a_stream() {
        var streams = new ArrayList<UUID>();
        for (int stream = 0; stream < 8; stream++) {
            streams.add(new UUID(stream, 1));
            for (int no = 1; no <= 12; no++) {
                given.step(streams.get(stream), no);
            }
        }
        var sent = new ArrayList<String>();
        Queues recording =
                (consumer, batch) -> {
                    synchronized (sent) {
                        batch.forEach(it -> sent.add(it.deduplication()));
                    }
                    return given.queues().send(consumer, batch);
                };
        var relays =
                List.of(given.relay(recording), given.relay(recording), given.relay(recording));

        Together.all(3, caller -> relays.get(caller).drain());
        relays.getFirst().drain();

        assertThat(given.unsent()).isZero();
        assertThat(sent).hasSize(96).doesNotHaveDuplicates();
        for (var stream : streams) {
            var numbers =
                    sent.stream()
                            .filter(it -> it.contains("/" + stream + "/"))
                            .map(it -> Integer.parseInt(it.split("/", -1)[2]))
                            .toList();
            assertThat(numbers).as(stream.toString()).isSorted().hasSize(12);
        }
    }

    @Test
    void marks_what_nobody_waits_for_too() {
        given.house()
                .execute(
                        "insert into wms.outbox (tenant_id, stream_id, stream_no, type, payload, made_at) values ('%s', '%s', 1, 'of.no.interest', '{}', now())"
                                .formatted(given.tenant().uuid(), Aftermath.STREAM));

        assertThat(given.relay(given.queues()).drain()).isEqualTo(1);

        assertThat(given.queues().size(FOLLOW)).isZero();
    }

    @Test
    void holds_no_lock_while_it_talks_to_a_queue() {
        given.steps(1, 1);
        var open = new ArrayList<String>();
        Queues looking =
                (consumer, batch) -> {
                    open.add(
                            given.house()
                                    .ask(
                                            "select count(*) from pg_stat_activity where usename ="
                                                    + " 'fv_dispatch' and xact_start is not null"
                                                    + " and datname = current_database()"));
                    return given.queues().send(consumer, batch);
                };

        given.relay(looking).carry();

        assertThat(open).containsExactly("0");
    }

    private void deliverAll() {
        while (given.deliver(ConsumerOperations.FOLLOW)) {}
    }

    // Leases end by the database's clock, which nothing moves.
    private void theLeaseEnds() {
        given.house()
                .execute("update wms.stream_lease set leased_until = now() - interval '1 second'");
    }
}
