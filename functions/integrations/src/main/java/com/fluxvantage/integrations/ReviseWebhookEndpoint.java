package com.fluxvantage.integrations;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Permission.INTEGRATIONS_MANAGE;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.outside.WebhookUrl;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Changes an endpoint: where it is, what it is told of, and whether it is told at all. What is left
 * out stays. Enabled again, it begins as one that has never failed; what it has missed is replayed
 * when somebody says so, and what was on its way to it goes on.
 */
final class ReviseWebhookEndpoint {
    static final Operation<Request, Result> OPERATION =
            Operation.post("revise-webhook-endpoint", "/webhook-endpoints/{endpoint_id}/revise")
                    .summary(
                            "Changes where an endpoint is, what it is told of, and whether at all.")
                    .requires(INTEGRATIONS_MANAGE)
                    .refuses(NotFound.class)
                    .handledBy(
                            Request.class,
                            Result.class,
                            Request.EXAMPLE,
                            ReviseWebhookEndpoint::handle);

    record Request(
            WebhookEndpointId endpointId,
            Optional<WebhookUrl> url,
            Optional<List<WebhookEventType>> eventTypes,
            Optional<Boolean> enabled) {
        static final Request EXAMPLE =
                new Request(
                        new WebhookEndpointId(new UUID(0, 1)),
                        Optional.empty(),
                        Optional.of(List.of(new WebhookEventType("order.shipped"))),
                        Optional.of(true));

        Request {
            eventTypes = eventTypes.map(AddWebhookEndpoint.Request::checked);
        }
    }

    record Result(WebhookEndpointId endpointId, WebhookState state, long version) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var before = WebhookEndpoint.locked(request.endpointId, call);
        if (before.isEmpty()) {
            return missing("endpoint", "endpointId");
        }
        var state =
                request.enabled
                        .map(it -> it ? WebhookState.ENABLED : WebhookState.DISABLED)
                        .orElse(before.get().state());
        var changed = change(request, state, call);
        if (before.get().state() == WebhookState.ENABLED && state == WebhookState.DISABLED) {
            WebhookDeliveries.miss(request.endpointId, call);
        }
        return done(changed, Subject.of(request.endpointId));
    }

    private static Result change(Request request, WebhookState state, Call call) {
        return call.sql()
                .createQuery(
                        """
                        update wms.webhook_endpoint
                           set url = coalesce(:url, url),
                               event_types = coalesce(:types, event_types),
                               state = :state,
                               disabled_why = case
                                                  when :state = 'ENABLED' then null
                                                  when state = 'ENABLED' then 'TENANT'
                                                  else disabled_why
                                              end,
                               failures = case when :begins then 0 else failures end,
                               failing_since = case when :begins then null else failing_since end,
                               rests_until = case when :begins then null else rests_until end,
                               version = version + 1
                         where endpoint_id = :endpoint
                        returning endpoint_id, state, version
                        """)
                .bind("url", request.url.map(WebhookUrl::value))
                .bind("types", request.eventTypes.map(AddWebhookEndpoint::names).orElse(null))
                .bind("state", state.name())
                .bind("begins", request.url.isPresent() || request.enabled.orElse(false))
                .bind("endpoint", request.endpointId)
                .mapTo(Result.class)
                .one();
    }
}
