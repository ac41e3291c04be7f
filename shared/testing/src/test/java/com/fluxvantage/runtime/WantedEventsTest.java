package com.fluxvantage.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Trigger.Event;
import com.fluxvantage.kernel.tenancy.TenantId;
import com.fluxvantage.testing.Together;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** What no endpoint wants wakes nobody, and what one wants is never taken for that. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class WantedEventsTest {
    private static final String TELL_NAME = "queue-webhooks";
    private static final int STEPS = 12;

    /** By the name for which the database knows what is wanted. */
    private static final Operation<ConsumerOperations.Nothing, ConsumerOperations.Done> TELL =
            tell(Event.of("step.taken").whereWanted());

    private final Aftermath given = new Aftermath();
    private final List<EventMessage> onTheBus = new ArrayList<>();

    private static Operation<ConsumerOperations.Nothing, ConsumerOperations.Done> tell(
            Event events) {
        return Operation.consumer(TELL_NAME, events)
                .handledBy(
                        ConsumerOperations.Nothing.class,
                        ConsumerOperations.Done.class,
                        new ConsumerOperations.Nothing(),
                        (_, _) -> Outcome.found(new ConsumerOperations.Done("T")));
    }

    @AfterEach
    void leave() {
        given.close();
    }

    @Test
    void what_nobody_wants_is_marked_and_goes_nowhere() {
        given.steps(1, 3);

        assertThat(relay(TELL).drain()).isEqualTo(3);

        assertThat(onTheBus).isEmpty();
        assertThat(given.unsent()).isZero();
    }

    @Test
    void what_an_endpoint_of_the_tenant_wants_says_on_the_bus_for_whom_it_is() {
        var other = given.house().openTenant("active");
        endpoint(other, "ENABLED", "step.taken");
        given.steps(1, 1);
        given.step(other, Aftermath.STREAM, 1);

        relay(TELL).drain();

        assertThat(onTheBus).extracting(EventMessage::tenant).containsExactly(other.uuid());
        assertThat(onTheBus.getFirst().json()).endsWith(",\"wanted_by\":[\"queue-webhooks\"]}");
        assertThat(EventMessage.parse(onTheBus.getFirst().json())).contains(onTheBus.getFirst());
    }

    @Test
    void another_consumer_hears_it_all_the_same_and_the_bus_wakes_that_one_alone() {
        endpoint(given.tenant(), "ENABLED", "another.event");
        given.steps(1, 2);
        var subscriptions = Subscriptions.of(List.of(TELL, ConsumerOperations.OVERHEAR));

        relay(TELL, ConsumerOperations.OVERHEAR).drain();

        assertThat(onTheBus).hasSize(2);
        assertThat(onTheBus.stream().map(subscriptions::subscribersOf))
                .containsOnly(Set.of("overhear-steps"));
    }

    @Test
    void one_that_is_disabled_wants_it_still_and_one_that_is_removed_does_not() {
        endpoint(given.tenant(), "DISABLED", "step.taken");
        given.steps(1, 1);
        relay(TELL).drain();
        assertThat(onTheBus).hasSize(1);

        given.house()
                .execute(
                        "update wms.webhook_endpoint set state = 'REMOVED', url = null,"
                                + " disabled_why = null, removed_at = now()");
        given.steps(2, 2);
        relay(TELL).drain();

        assertThat(onTheBus).hasSize(1);
    }

    @Test
    void what_is_sent_again_comes_even_if_nobody_wants_it_any_more() {
        given.steps(1, 2);
        given.house().execute("update wms.outbox set sendings = 2 where stream_no = 2");

        relay(TELL).drain();

        assertThat(onTheBus).extracting(EventMessage::no).containsExactly(2L);
        assertThat(onTheBus.getFirst().wantedBy()).contains(List.of(TELL_NAME));
    }

    @Test
    void in_order_too_it_goes_into_the_queue_only_where_it_is_wanted() {
        var inOrder = tell(Event.of("step.taken").inOrder().whereWanted());
        given.steps(1, 2);
        relay(inOrder).drain();
        assertThat(given.queues().size(TELL_NAME)).isZero();

        endpoint(given.tenant(), "ENABLED", "step.taken");
        given.steps(3, 4);
        relay(inOrder).drain();

        assertThat(given.queues().size(TELL_NAME)).isEqualTo(2);
        assertThat(onTheBus).isEmpty();
    }

    // The relay reads all the while. What was committed before the endpoint may be told or not;
    // what was committed after it has to be.
    @Test
    void an_endpoint_that_is_added_meanwhile_misses_only_what_was_committed_before_it() {
        var relay = relay(TELL);
        for (int added = 1; added < STEPS; added++) {
            var tenant = given.house().openTenant("active");
            var stream = new UUID(added, added);
            int first = added;
            onTheBus.clear();

            Together.all(
                    2,
                    caller -> {
                        if (caller == 0) {
                            for (int step = 1; step <= STEPS; step++) {
                                if (step == first) {
                                    endpoint(tenant, "ENABLED", "step.taken");
                                }
                                given.step(tenant, stream, step);
                            }
                            return 0;
                        }
                        int carried = 0;
                        while (carried < STEPS) {
                            carried += relay.carry();
                        }
                        return carried;
                    });

            assertThat(onTheBus.stream().map(EventMessage::no).map(Long::intValue))
                    .as("added before the event %d", first)
                    .isSorted()
                    .containsAll(
                            java.util.stream.IntStream.rangeClosed(first, STEPS).boxed().toList());
        }
    }

    private OutboxRelay relay(Operation<?, ?>... consumers) {
        return given.relay(
                given.queues(),
                batch -> {
                    onTheBus.addAll(batch);
                    return Set.of();
                },
                consumers);
    }

    private void endpoint(TenantId tenant, String state, String type) {
        given.house()
                .execute(
                        """
                        insert into wms.webhook_endpoint (
                            tenant_id, endpoint_id, url, event_types, state, disabled_why, created_at)
                        values ('%s', gen_random_uuid(), 'https://shop.example.org', '{%s}', '%s', %s, now())
                        """
                                .formatted(
                                        tenant.uuid(),
                                        type,
                                        state,
                                        state.equals("DISABLED") ? "'TENANT'" : "null"));
    }
}
