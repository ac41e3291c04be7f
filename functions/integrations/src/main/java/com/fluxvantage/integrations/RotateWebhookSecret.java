package com.fluxvantage.integrations;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Permission.INTEGRATIONS_MANAGE;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Capability;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.outside.Credential;
import com.fluxvantage.kernel.outside.SecretPurpose;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/**
 * Gives an endpoint a new secret. For a day its messages are signed with the old one as well, so
 * that the receiver can change when it likes. There are two at most: whoever rotates again ends the
 * oldest at once.
 */
final class RotateWebhookSecret {
    static final Operation<Request, Result> OPERATION =
            Operation.post(
                            "rotate-webhook-secret",
                            "/webhook-endpoints/{endpoint_id}/rotate-secret")
                    .summary("Gives an endpoint a new secret; the old one signs along for a day.")
                    .requires(INTEGRATIONS_MANAGE)
                    .needs(new Capability.SealsSecrets(SecretPurpose.WEBHOOK_SIGNATURE))
                    .refuses(NotFound.class)
                    .handledBy(
                            Request.class,
                            Result.class,
                            Request.EXAMPLE,
                            it -> WebhookSecrets.brought(it.secret),
                            RotateWebhookSecret::handle);

    static final Duration OVERLAP = Duration.ofHours(24);

    record Request(WebhookEndpointId endpointId, Credential secret) {
        static final Request EXAMPLE =
                new Request(
                        new WebhookEndpointId(new UUID(0, 1)),
                        new Credential("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDC2FVsBQIhrs="));

        Request {
            secret = WebhookSecrets.checked(secret);
        }
    }

    record Result(
            WebhookEndpointId endpointId, String secretFingerprint, Instant oldSecretEndsAt) {}

    private static Outcome<Result> handle(Request request, Call call) {
        if (WebhookEndpoint.locked(request.endpointId, call).isEmpty()) {
            return missing("endpoint", "endpointId");
        }
        var endsAt = call.now().plus(OVERLAP);
        WebhookSecrets.end(request.endpointId, endsAt, call);
        String fingerprint = WebhookSecrets.keep(request.endpointId, request.secret, call);
        return done(
                new Result(request.endpointId, fingerprint, endsAt),
                Subject.of(request.endpointId));
    }
}
