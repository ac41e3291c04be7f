package com.fluxvantage.integrations;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Permission.INTEGRATIONS_MANAGE;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;

import java.util.UUID;

/**
 * Forgets an endpoint: its address and its secrets go at once. What was sent to it stays in the
 * list of deliveries until that is old.
 */
final class RemoveWebhookEndpoint {
    static final Operation<Request, Result> OPERATION =
            Operation.post("remove-webhook-endpoint", "/webhook-endpoints/{endpoint_id}/remove")
                    .summary("Forgets an endpoint, its address and its secrets.")
                    .requires(INTEGRATIONS_MANAGE)
                    .refuses(NotFound.class)
                    .handledBy(
                            Request.class,
                            Result.class,
                            Request.EXAMPLE,
                            RemoveWebhookEndpoint::handle);

    record Request(WebhookEndpointId endpointId) {
        static final Request EXAMPLE = new Request(new WebhookEndpointId(new UUID(0, 1)));
    }

    record Result(WebhookEndpointId endpointId, WebhookState state, long version) {}

    private static Outcome<Result> handle(Request request, Call call) {
        if (WebhookEndpoint.locked(request.endpointId, call).isEmpty()) {
            return missing("endpoint", "endpointId");
        }
        var removed = remove(request.endpointId, call);
        WebhookSecrets.endAll(request.endpointId, call);
        WebhookDeliveries.miss(request.endpointId, call);
        return done(removed, Subject.of(request.endpointId));
    }

    private static Result remove(WebhookEndpointId endpoint, Call call) {
        return call.sql()
                .createQuery(
                        """
                        update wms.webhook_endpoint
                           set state = 'REMOVED',
                               disabled_why = null,
                               url = null,
                               removed_at = :now,
                               version = version + 1
                         where endpoint_id = :endpoint
                        returning endpoint_id, state, version
                        """)
                .bind("now", call.now())
                .bind("endpoint", endpoint)
                .mapTo(Result.class)
                .one();
    }
}
