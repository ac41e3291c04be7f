package com.fluxvantage.integrations;

import static java.util.stream.Collectors.groupingBy;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.outside.WebhookUrl;
import com.fluxvantage.kernel.outside.Webhooks.Reply;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** What a run takes into its hands, and what it stores of it if it is still its own. */
final class WebhookLeases {
    /** So many of an endpoint at once; of one that fails, one. */
    private static final int MOST_OF_AN_ENDPOINT = 20;

    /** Deliveries whose lease was still ours, and what became of them. */
    record Stored(int ours, int delivered, int failed) {}

    private record Due(
            WebhookDeliveryId deliveryId,
            WebhookEndpointId endpointId,
            WebhookUrl url,
            String body,
            int attempts,
            long fence) {
        /** Without what is sent. */
        @Override
        public String toString() {
            return "Due[" + deliveryId + "]";
        }
    }

    private record Ailing(int failures, boolean isFailingTooLong) {}

    private WebhookLeases() {}

    static List<WebhookLane> take(Call call) {
        WebhookSecrets.forget(call);
        var due = due(call).stream().collect(groupingBy(Due::endpointId));
        if (due.isEmpty()) {
            return List.of();
        }
        var secrets =
                WebhookSecrets.of(
                                due.keySet().stream()
                                        .map(WebhookEndpointId::uuid)
                                        .toArray(UUID[]::new),
                                call)
                        .stream()
                        .collect(groupingBy(WebhookLane.Kept::endpointId));
        return due.entrySet().stream()
                .map(it ->
                        new WebhookLane(
                                it.getKey(),
                                it.getValue().getFirst().url,
                                secrets.getOrDefault(it.getKey(), List.of()),
                                it.getValue().stream()
                                        .map(one ->
                                                new WebhookLane.Message(
                                                        one.deliveryId,
                                                        one.body,
                                                        one.attempts,
                                                        one.fence))
                                        .toList()))
                .toList();
    }

    // Looked up endpoint by endpoint, so that a long queue of one hides no other. Who is at a
    // delivery already is passed by; a minute is longer than any run has it in hand. An event that
    // is too old to be there is not sent: its delivery goes the night it does. What PostgreSQL
    // writes of an event is always the same, so a message that is sent again is, to the byte.
    private static List<Due> due(Call call) {
        return call.sql()
                .createQuery(
                        """
                        with taken as (
                            select waiting.delivery_id, endpoint.url,
                                   json_build_object(
                                       'type', waiting.event_type,
                                       'timestamp', to_char(
                                           waiting.made_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                                       'sequence', waiting.stream_no,
                                       'data', waiting.payload)::text as body
                              from wms.webhook_endpoint as endpoint
                             cross join lateral (
                                   select delivery.delivery_id, delivery.event_type, delivery.stream_no,
                                          event.made_at, event.payload
                                     from wms.webhook_delivery as delivery
                                     join wms.outbox as event
                                       on event.stream_id = delivery.stream_id
                                      and event.stream_no = delivery.stream_no
                                    where delivery.endpoint_id = endpoint.endpoint_id
                                      and delivery.state = 'PENDING'
                                      and delivery.next_attempt_at <= :now
                                      and coalesce(delivery.leased_until < clock_timestamp(), true)
                                    order by delivery.next_attempt_at, delivery.delivery_id
                                    limit case when endpoint.failures >= :unwell then 1 else :most end
                                      for no key update of delivery skip locked) as waiting
                             where endpoint.state = 'ENABLED'
                               and coalesce(endpoint.rests_until <= :now, true)),
                        leased as (
                            update wms.webhook_delivery as delivery
                               set fence = fence + 1,
                                   leased_until = clock_timestamp() + interval '60 s'
                              from taken
                             where delivery.delivery_id = taken.delivery_id
                            returning delivery.delivery_id, delivery.endpoint_id, delivery.attempts, delivery.fence,
                                      delivery.next_attempt_at)
                        select delivery_id, endpoint_id, url, body, attempts, fence
                          from leased
                          join taken using (delivery_id)
                         order by next_attempt_at, delivery_id
                        """)
                .bind("now", call.now())
                .bind("unwell", WebhookSchedule.FAILURES_BEFORE_REST)
                .bind("most", MOST_OF_AN_ENDPOINT)
                .mapTo(Due.class)
                .list();
    }

    /** The endpoint is locked first, as by everybody; one that is disabled meanwhile stays so. */
    static Stored record(WebhookLane lane, List<WebhookAttempt> attempts, Call call) {
        var endpoint = WebhookEndpoint.locked(lane.endpointId(), call);
        int ours = 0;
        int delivered = 0;
        int failed = 0;
        for (var message : lane.messages()) {
            var attempt =
                    attempts.stream()
                            .filter(it -> it.deliveryId().equals(message.deliveryId()))
                            .findFirst();
            if (attempt.isEmpty()) {
                ours += release(message, call);
                continue;
            }
            int stored = store(message, attempt.get().reply(), call);
            ours += stored;
            if (WebhookSchedule.isTaken(attempt.get().reply())) {
                delivered += stored;
            } else {
                failed += stored;
            }
        }
        boolean isToldNow = endpoint.filter(it -> it.state() == WebhookState.ENABLED).isPresent();
        if (ours > 0 && isToldNow) {
            for (var attempt : attempts) {
                if (isDisabledFor(lane.endpointId(), attempt.reply(), call)) {
                    break;
                }
            }
        }
        return new Stored(ours, delivered, failed);
    }

    private static int release(WebhookLane.Message message, Call call) {
        return call.sql()
                .createUpdate(
                        """
                        update wms.webhook_delivery
                           set leased_until = null
                         where delivery_id = :delivery
                           and fence = :fence
                        """)
                .bind("delivery", message.deliveryId())
                .bind("fence", message.fence())
                .execute();
    }

    // What was missed meanwhile and has arrived all the same is delivered.
    private static int store(WebhookLane.Message message, Reply reply, Call call) {
        boolean isTaken = WebhookSchedule.isTaken(reply);
        var next =
                isTaken
                        ? Optional.<Instant>empty()
                        : WebhookSchedule.next(
                                message.deliveryId().uuid(),
                                message.attempts() + 1,
                                reply,
                                call.now());
        return call.sql()
                .createUpdate(
                        """
                        update wms.webhook_delivery
                           set state = case
                                           when :taken then 'DELIVERED'
                                           when state = 'PENDING' and cast(:next as timestamptz) is null then 'FAILED'
                                           else state
                                       end,
                               next_attempt_at = case when state = 'PENDING' then cast(:next as timestamptz) end,
                               attempts = attempts + 1,
                               attempted_at = :now,
                               outcome = :outcome,
                               leased_until = null
                         where delivery_id = :delivery
                           and fence = :fence
                        """)
                .bind("taken", isTaken)
                .bind("next", next)
                .bind("now", call.now())
                .bind("outcome", WebhookSchedule.outcome(reply))
                .bind("delivery", message.deliveryId())
                .bind("fence", message.fence())
                .execute();
    }

    private static boolean isDisabledFor(WebhookEndpointId endpoint, Reply reply, Call call) {
        if (WebhookSchedule.isTaken(reply)) {
            isWell(endpoint, call);
            return false;
        }
        var ailing = ailing(endpoint, call);
        if (WebhookSchedule.isGone(reply)) {
            disable(endpoint, WebhookDisabledWhy.GONE, call);
            return true;
        }
        if (ailing.isFailingTooLong) {
            disable(endpoint, WebhookDisabledWhy.FAILING, call);
            return true;
        }
        rest(endpoint, WebhookSchedule.rest(ailing.failures, reply, call.now()), call);
        return false;
    }

    private static void rest(WebhookEndpointId endpoint, Optional<Instant> until, Call call) {
        call.sql()
                .createUpdate(
                        """
                        update wms.webhook_endpoint
                           set rests_until = :until
                         where endpoint_id = :endpoint
                        """)
                .bind("until", until)
                .bind("endpoint", endpoint)
                .execute();
    }

    private static void isWell(WebhookEndpointId endpoint, Call call) {
        call.sql()
                .createUpdate(
                        """
                        update wms.webhook_endpoint
                           set failures = 0,
                               failing_since = null,
                               rests_until = null
                         where endpoint_id = :endpoint
                           and failures > 0
                        """)
                .bind("endpoint", endpoint)
                .execute();
    }

    private static Ailing ailing(WebhookEndpointId endpoint, Call call) {
        return call.sql()
                .createQuery(
                        """
                        update wms.webhook_endpoint
                           set failures = failures + 1,
                               failing_since = coalesce(failing_since, :now)
                         where endpoint_id = :endpoint
                        returning failures, failing_since <= :longest as is_failing_too_long
                        """)
                .bind("now", call.now())
                .bind("longest", call.now().minus(WebhookSchedule.LONGEST_FAILING))
                .bind("endpoint", endpoint)
                .mapTo(Ailing.class)
                .one();
    }

    private static void disable(WebhookEndpointId endpoint, WebhookDisabledWhy why, Call call) {
        long version =
                call.sql()
                        .createQuery(
                                """
                                update wms.webhook_endpoint
                                   set state = 'DISABLED',
                                       disabled_why = :why,
                                       version = version + 1
                                 where endpoint_id = :endpoint
                                returning version
                                """)
                        .bind("why", why.name())
                        .bind("endpoint", endpoint)
                        .mapTo(Long.class)
                        .one();
        WebhookDeliveries.miss(endpoint, call);
        call.announce(new WebhookDisabled(endpoint, version, why.name()));
    }
}
