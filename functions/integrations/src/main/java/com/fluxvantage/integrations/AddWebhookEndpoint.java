package com.fluxvantage.integrations;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Outcome.refused;
import static com.fluxvantage.kernel.operation.Permission.INTEGRATIONS_MANAGE;

import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Capability;
import com.fluxvantage.kernel.operation.InvalidValue;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.outside.Credential;
import com.fluxvantage.kernel.outside.SecretPurpose;
import com.fluxvantage.kernel.outside.WebhookUrl;

import java.util.List;

/**
 * Names an address that is told what happens from now on. The tenant makes the secret and sends it
 * along: secrets go in and never out, so no answer, not even a repeated one, can show it.
 */
final class AddWebhookEndpoint {
    static final Operation<Request, Result> OPERATION =
            Operation.post("add-webhook-endpoint", "/webhook-endpoints")
                    .summary("Names an address that is told what happens from now on.")
                    .requires(INTEGRATIONS_MANAGE)
                    .needs(new Capability.SealsSecrets(SecretPurpose.WEBHOOK_SIGNATURE))
                    .creates()
                    .refuses(WebhookRefusal.TooManyEndpoints.class)
                    .handledBy(
                            Request.class,
                            Result.class,
                            Request.EXAMPLE,
                            it -> WebhookSecrets.brought(it.secret),
                            AddWebhookEndpoint::handle);

    /** Each is a lane of its own whenever messages go out. */
    static final int MOST_ENDPOINTS = 20;

    record Request(WebhookUrl url, List<WebhookEventType> eventTypes, Credential secret) {
        static final Request EXAMPLE =
                new Request(
                        new WebhookUrl("https://shop.example.org/hooks/warehouse"),
                        List.of(
                                new WebhookEventType("order.shipped"),
                                new WebhookEventType("order.cancelled")),
                        new Credential("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="));

        Request {
            eventTypes = checked(eventTypes);
            secret = WebhookSecrets.checked(secret);
        }

        static List<WebhookEventType> checked(List<WebhookEventType> types) {
            if (types.isEmpty()) {
                throw new InvalidValue("eventTypes", "required", "Name one event at least.");
            }
            if (types.size() > WebhookEventType.ALL.size()) {
                throw new InvalidValue("eventTypes", "too-many", "There are not that many events.");
            }
            return types.stream().distinct().toList();
        }
    }

    /**
     * @param secretFingerprint by which a person sees that both sides hold the same secret
     */
    record Result(
            WebhookEndpointId endpointId,
            WebhookState state,
            String secretFingerprint,
            long version) {}

    private static Outcome<Result> handle(Request request, Call call) {
        if (count(call) >= MOST_ENDPOINTS) {
            return refused(new WebhookRefusal.TooManyEndpoints(MOST_ENDPOINTS));
        }
        var endpoint = new WebhookEndpointId(Uuid7.next());
        call.sql()
                .createUpdate(
                        """
                        insert into wms.webhook_endpoint (endpoint_id, url, event_types, created_at)
                        values (:endpoint, :url, :types, :now)
                        """)
                .bind("endpoint", endpoint)
                .bind("url", request.url)
                .bind("types", names(request.eventTypes))
                .bind("now", call.now())
                .execute();
        String fingerprint = WebhookSecrets.keep(endpoint, request.secret, call);
        return done(
                new Result(endpoint, WebhookState.ENABLED, fingerprint, 1), Subject.of(endpoint));
    }

    // Two administrators at once may pass the limit by one: it keeps a run short and is no rule.
    private static int count(Call call) {
        return call.sql()
                .createQuery(
                        """
                        select count(*)
                          from (select
                                  from wms.webhook_endpoint
                                 where state <> 'REMOVED'
                                 order by endpoint_id
                                 limit :most) as there
                        """)
                .bind("most", MOST_ENDPOINTS)
                .mapTo(Integer.class)
                .one();
    }

    static String[] names(List<WebhookEventType> types) {
        return types.stream().map(WebhookEventType::value).toArray(String[]::new);
    }
}
