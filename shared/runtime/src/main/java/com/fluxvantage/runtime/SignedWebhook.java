package com.fluxvantage.runtime;

import com.fluxvantage.kernel.outside.WebhookMessage;
import com.fluxvantage.kernel.outside.WebhookSecret;
import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookSigningException;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** The headers of Standard Webhooks 1.0.0, by the library that the standard's authors keep. */
public final class SignedWebhook {
    private SignedWebhook() {}

    /**
     * Signs a message for this moment, once with each of its secrets.
     *
     * @param at by the clock of the machine: receivers refuse what is older than some minutes
     */
    public static Map<String, String> headers(WebhookMessage message, Instant at) {
        var headers = new LinkedHashMap<String, String>();
        headers.put(Webhook.UNBRANDED_MSG_ID_KEY, message.id());
        headers.put(Webhook.UNBRANDED_MSG_TIMESTAMP_KEY, String.valueOf(at.getEpochSecond()));
        headers.put(
                Webhook.UNBRANDED_MSG_SIGNATURE_KEY,
                message.secrets().stream()
                        .map(it -> signature(it, message, at))
                        .collect(Collectors.joining(" ")));
        return headers;
    }

    private static String signature(WebhookSecret secret, WebhookMessage message, Instant at) {
        try {
            return new Webhook(secret.key())
                    .sign(message.id(), at.getEpochSecond(), message.body());
        } catch (EmptyWebhookSecretException | WebhookSigningException _) {
            // Neither the secret nor the message may stand in a trace.
            throw new IllegalStateException("every Java signs with HMAC-SHA256");
        }
    }
}
