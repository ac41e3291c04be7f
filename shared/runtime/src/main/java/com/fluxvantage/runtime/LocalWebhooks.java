package com.fluxvantage.runtime;

import com.fluxvantage.kernel.outside.WebhookMessage;
import com.fluxvantage.kernel.outside.Webhooks;

import java.net.URI;
import java.time.Clock;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Hands webhooks to receivers in this process, signed as they are everywhere; nothing leaves the
 * machine. A host without a receiver is a name that nobody knows. Thread-safe.
 */
public final class LocalWebhooks implements Webhooks {
    /** What a receiver gets to see, and what it may answer. */
    @FunctionalInterface
    public interface Receiver {
        Reply receive(Received received);
    }

    /** A request as it arrives. */
    public record Received(URI url, Map<String, String> headers, String body) {
        public Received {
            headers = Map.copyOf(headers);
        }
    }

    private final Map<String, Receiver> receivers = new ConcurrentHashMap<>();

    @Override
    public Reply post(WebhookMessage message) {
        var url = message.to().uri();
        var receiver = receivers.get(url.getHost().toLowerCase(Locale.ROOT));
        if (receiver == null) {
            return new Reply.Unanswered(Cause.UNKNOWN_NAME);
        }
        return receiver.receive(
                new Received(
                        url,
                        SignedWebhook.headers(message, Clock.systemUTC().instant()),
                        message.body()));
    }

    /** From now on this host answers so. */
    public void receive(String host, Receiver receiver) {
        receivers.put(host, receiver);
    }
}
