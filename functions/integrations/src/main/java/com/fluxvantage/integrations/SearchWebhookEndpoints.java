package com.fluxvantage.integrations;

import static com.fluxvantage.kernel.operation.Outcome.found;
import static com.fluxvantage.kernel.operation.Permission.INTEGRATIONS_MANAGE;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Cursor;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.PageLimit;
import com.fluxvantage.kernel.operation.PageRequest;
import com.fluxvantage.kernel.outside.WebhookUrl;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Finds the tenant's endpoints, the oldest first, and how well each takes what it is told. */
final class SearchWebhookEndpoints {
    static final Operation<Request, Result> OPERATION =
            Operation.get("search-webhook-endpoints", "/webhook-endpoints")
                    .summary("Finds the endpoints that are told what happens, and how that goes.")
                    .requires(INTEGRATIONS_MANAGE)
                    .handledBy(
                            Request.class,
                            Result.class,
                            Request.EXAMPLE,
                            SearchWebhookEndpoints::handle);

    private static final UUID BEFORE_ALL = new UUID(0, 0);

    record Request(Optional<PageLimit> limit, Optional<Cursor> cursor) {
        static final Request EXAMPLE =
                new Request(Optional.of(new PageLimit(20)), Optional.empty());
    }

    record Result(List<Endpoint> items, Optional<Cursor> nextCursor) {}

    /**
     * @param failures in a row, since the last success
     * @param restsUntil nothing is sent before
     * @param oldSecretEndsAt until then messages are signed with the secret before as well
     */
    record Endpoint(
            WebhookEndpointId endpointId,
            WebhookUrl url,
            List<String> eventTypes,
            WebhookState state,
            Optional<WebhookDisabledWhy> disabledWhy,
            int failures,
            Optional<Instant> failingSince,
            Optional<Instant> restsUntil,
            Optional<Instant> oldSecretEndsAt,
            Instant createdAt,
            long version) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var page = call.page(request.limit, request.cursor);
        var found = page.of(endpoints(page, call), it -> List.of(it.endpointId.uuid().toString()));
        return found(new Result(found.items(), found.nextCursor()));
    }

    private static List<Endpoint> endpoints(PageRequest page, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select endpoint_id, url, event_types, state, disabled_why, failures, failing_since,
                               rests_until,
                               (select max(ends_at)
                                  from wms.webhook_secret as old
                                 where old.endpoint_id = endpoint.endpoint_id
                                   and ends_at > :now) as old_secret_ends_at,
                               created_at, version
                          from wms.webhook_endpoint as endpoint
                         where endpoint_id > :after
                           and state <> 'REMOVED'
                         order by endpoint_id
                         limit :fetch
                        """)
                .bind("now", call.now())
                .bind("after", UUID.fromString(page.after(0, BEFORE_ALL.toString())))
                .bind("fetch", page.fetch())
                .mapTo(Endpoint.class)
                .list();
    }
}
