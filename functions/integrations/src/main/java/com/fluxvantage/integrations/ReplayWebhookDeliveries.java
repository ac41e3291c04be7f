package com.fluxvantage.integrations;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Outcome.refused;
import static com.fluxvantage.kernel.operation.Permission.INTEGRATIONS_MANAGE;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.InvalidValue;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * Sends again: one delivery whatever became of it, or all of a time that were in vain or missed.
 * The receiver gets each under the id that it had before, so one that did arrive is known to it.
 */
final class ReplayWebhookDeliveries {
    static final Operation<Request, Result> OPERATION =
            Operation.post("replay-webhook-deliveries", "/webhook-endpoints/{endpoint_id}/replay")
                    .summary(
                            "Sends again what an endpoint has not got, or one delivery that it has.")
                    .requires(INTEGRATIONS_MANAGE)
                    .refuses(NotFound.class)
                    .refuses(WebhookRefusal.EndpointDisabled.class)
                    .refuses(WebhookRefusal.StillPending.class)
                    .handledBy(
                            Request.class,
                            Result.class,
                            Request.EXAMPLE,
                            ReplayWebhookDeliveries::handle);

    /** What is more is replayed by asking again. */
    static final int MOST = 1_000;

    /**
     * Either a delivery or a time.
     *
     * @param queuedFrom of those that were in vain or missed, from then on
     * @param queuedUntil before then
     */
    record Request(
            WebhookEndpointId endpointId,
            Optional<WebhookDeliveryId> deliveryId,
            Optional<Instant> queuedFrom,
            Optional<Instant> queuedUntil) {
        static final Request EXAMPLE =
                new Request(
                        new WebhookEndpointId(new UUID(0, 1)),
                        Optional.empty(),
                        Optional.of(Instant.parse("2026-11-24T06:00:00Z")),
                        Optional.of(Instant.parse("2026-11-24T18:00:00Z")));

        Request {
            boolean hasTime = queuedFrom.isPresent() && queuedUntil.isPresent();
            if (deliveryId.isPresent()
                    ? queuedFrom.isPresent() || queuedUntil.isPresent()
                    : !hasTime) {
                throw new InvalidValue(
                        "deliveryId", "one-of-two", "Name a delivery, or both ends of a time.");
            }
        }
    }

    /**
     * @param more whether there is more of that time
     */
    record Result(WebhookEndpointId endpointId, int replayed, boolean more) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var endpoint = WebhookEndpoint.locked(request.endpointId, call);
        if (endpoint.isEmpty()) {
            return missing("endpoint", "endpointId");
        }
        if (endpoint.get().state() == WebhookState.DISABLED) {
            return refused(
                    new WebhookRefusal.EndpointDisabled(
                            endpoint.get().disabledWhy().orElseThrow()));
        }
        if (request.deliveryId.isPresent()) {
            var state = state(request, call);
            if (state.isEmpty()) {
                return missing("delivery", "deliveryId");
            }
            if (state.get() == WebhookDeliveryState.PENDING) {
                return refused(new WebhookRefusal.StillPending());
            }
        }
        int replayed = replay(request, call);
        return done(
                new Result(request.endpointId, replayed, replayed == MOST),
                Subject.of(request.endpointId));
    }

    private static Optional<WebhookDeliveryState> state(Request request, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select state
                          from wms.webhook_delivery
                         where endpoint_id = :endpoint
                           and delivery_id = :delivery
                           for no key update
                        """)
                .bind("endpoint", request.endpointId)
                .bind("delivery", request.deliveryId)
                .mapTo(WebhookDeliveryState.class)
                .findOne();
    }

    private static int replay(Request request, Call call) {
        return call.sql()
                .createUpdate(
                        """
                        update wms.webhook_delivery
                           set state = 'PENDING',
                               attempts = 0,
                               next_attempt_at = :now
                         where delivery_id in (
                                   select chosen.delivery_id
                                     from wms.webhook_delivery as chosen
                                    where chosen.endpoint_id = :endpoint
                                      and (chosen.delivery_id = :delivery
                                           or (chosen.state in ('FAILED', 'MISSED')
                                               and chosen.queued_at >= :from
                                               and chosen.queued_at < :until))
                                    order by chosen.delivery_id
                                    limit :most
                                      for no key update)
                        """)
                .bind("now", call.now())
                .bind("endpoint", request.endpointId)
                .bind("delivery", request.deliveryId)
                .bind("from", request.queuedFrom)
                .bind("until", request.queuedUntil)
                .bind("most", MOST)
                .execute();
    }
}
