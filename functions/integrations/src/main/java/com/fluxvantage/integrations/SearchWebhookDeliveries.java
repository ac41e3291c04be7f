package com.fluxvantage.integrations;

import static com.fluxvantage.kernel.operation.Outcome.found;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Permission.INTEGRATIONS_MANAGE;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Cursor;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.PageLimit;
import com.fluxvantage.kernel.operation.PageRequest;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Finds what an endpoint was told in the last thirty days, the newest first, also of one that is
 * removed: which event, how often it was tried, and what became of it. What was sent is not kept.
 */
final class SearchWebhookDeliveries {
    static final Operation<Request, Result> OPERATION =
            Operation.get(
                            "search-webhook-deliveries",
                            "/webhook-endpoints/{endpoint_id}/deliveries")
                    .summary("Finds what an endpoint was told, and what became of it.")
                    .requires(INTEGRATIONS_MANAGE)
                    .refuses(NotFound.class)
                    .handledBy(
                            Request.class,
                            Result.class,
                            Request.EXAMPLE,
                            SearchWebhookDeliveries::handle);

    private static final UUID AFTER_ALL = new UUID(-1, -1);

    record Request(
            WebhookEndpointId endpointId,
            Optional<WebhookDeliveryState> state,
            Optional<PageLimit> limit,
            Optional<Cursor> cursor) {
        static final Request EXAMPLE =
                new Request(
                        new WebhookEndpointId(new UUID(0, 1)),
                        Optional.of(WebhookDeliveryState.FAILED),
                        Optional.of(new PageLimit(20)),
                        Optional.empty());
    }

    record Result(List<Delivery> items, Optional<Cursor> nextCursor) {}

    /**
     * @param deliveryId what the receiver gets as {@code webhook-id}
     * @param sequence rises with each event of the same thing
     * @param outcome of the last attempt: a status of HTTP, or why nobody answered
     */
    record Delivery(
            WebhookDeliveryId deliveryId,
            String eventType,
            long sequence,
            Instant queuedAt,
            WebhookDeliveryState state,
            int attempts,
            Optional<Instant> attemptedAt,
            Optional<String> outcome,
            Optional<Instant> nextAttemptAt) {}

    private static Outcome<Result> handle(Request request, Call call) {
        if (!isThere(request.endpointId, call)) {
            return missing("endpoint", "endpointId");
        }
        var page = call.page(request.limit, request.cursor);
        var found =
                page.of(
                        deliveries(request, page, call),
                        it -> List.of(it.deliveryId.uuid().toString()));
        return found(new Result(found.items(), found.nextCursor()));
    }

    private static boolean isThere(WebhookEndpointId endpoint, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select exists (
                            select
                              from wms.webhook_endpoint
                             where endpoint_id = :endpoint)
                        """)
                .bind("endpoint", endpoint)
                .mapTo(Boolean.class)
                .one();
    }

    private static List<Delivery> deliveries(Request request, PageRequest page, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select delivery_id, event_type, stream_no as sequence, queued_at, state, attempts,
                               attempted_at, outcome, next_attempt_at
                          from wms.webhook_delivery
                         where endpoint_id = :endpoint
                           and delivery_id < :before
                           and (cast(:state as text) is null or state = :state)
                         order by delivery_id desc
                         limit :fetch
                        """)
                .bind("endpoint", request.endpointId)
                .bind("before", UUID.fromString(page.after(0, AFTER_ALL.toString())))
                .bind("state", request.state.map(WebhookDeliveryState::name))
                .bind("fetch", page.fetch())
                .mapTo(Delivery.class)
                .list();
    }
}
