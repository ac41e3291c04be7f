package com.fluxvantage.integrations;

import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.kernel.outside.Outside;
import com.fluxvantage.kernel.outside.SealedSecret;
import com.fluxvantage.kernel.outside.Unopenable;
import com.fluxvantage.kernel.outside.WebhookMessage;
import com.fluxvantage.kernel.outside.WebhookSecret;
import com.fluxvantage.kernel.outside.WebhookUrl;
import com.fluxvantage.kernel.outside.Webhooks.Cause;
import com.fluxvantage.kernel.outside.Webhooks.Reply;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What one endpoint is to be told now, one message after the other. The first that finds it unwell
 * is the last; those behind it were not tried and wait.
 */
record WebhookLane(
        WebhookEndpointId endpointId, WebhookUrl url, List<Kept> secrets, List<Message> messages) {
    /**
     * No message is begun later than that. With one call's limit on top a run ends well before its
     * leases.
     */
    static final Duration LONGEST = Duration.ofSeconds(20);

    WebhookLane {
        secrets = List.copyOf(secrets);
        messages = List.copyOf(messages);
    }

    /** As it is stored. */
    record Kept(UUID secretId, WebhookEndpointId endpointId, int version, SealedSecret sealed) {}

    /** Under its lease. It prints without its body. */
    record Message(WebhookDeliveryId deliveryId, String body, int attempts, long fence) {
        @Override
        public String toString() {
            return "Message[" + deliveryId + "]";
        }
    }

    /**
     * All lanes beside each other, each on a thread of its own. Secrets are opened before the first
     * message goes: where the keys are away, nothing has been sent.
     */
    static List<WebhookAttempt> runAll(DeliverWebhooks.Batch batch, Outside outside) {
        var opened = batch.lanes().stream().map(it -> it.opened(outside)).toList();
        long end = System.nanoTime() + LONGEST.toNanos();
        var attempts = new ArrayList<WebhookAttempt>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = new ArrayList<Future<List<WebhookAttempt>>>();
            for (int at = 0; at < opened.size(); at++) {
                var lane = batch.lanes().get(at);
                var secrets = opened.get(at);
                running.add(threads.submit(() -> lane.run(secrets, outside, end)));
            }
            for (var lane : running) {
                attempts.addAll(ended(lane));
            }
        }
        return attempts;
    }

    private static List<WebhookAttempt> ended(Future<List<WebhookAttempt>> lane) {
        try {
            return lane.get();
        } catch (ExecutionException e) {
            var cause = e.getCause();
            if (cause instanceof RuntimeException ours) {
                throw ours;
            }
            if (cause instanceof Error end) {
                throw end;
            }
            throw new IllegalStateException("a lane broke", cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("whoever sends is to stop", e);
        }
    }

    private List<WebhookAttempt> run(List<WebhookSecret> opened, Outside outside, long end) {
        var attempts = new ArrayList<WebhookAttempt>();
        for (var message : messages) {
            if (System.nanoTime() >= end) {
                break;
            }
            var reply = sent(message, opened, outside);
            attempts.add(new WebhookAttempt(endpointId, message.deliveryId, reply));
            if (WebhookSchedule.isUnwell(reply)) {
                break;
            }
        }
        return attempts;
    }

    // What is not signed is nobody's.
    private Reply sent(Message message, List<WebhookSecret> opened, Outside outside) {
        return opened.isEmpty()
                ? new Reply.Unanswered(Cause.NOT_SIGNED)
                : outside.post(
                        new WebhookMessage(
                                url, Identifiers.text(message.deliveryId), message.body, opened));
    }

    // One that does not open keeps the other from nothing.
    private List<WebhookSecret> opened(Outside outside) {
        var opened = new ArrayList<WebhookSecret>();
        for (var secret : secrets) {
            opened(secret, outside).ifPresent(opened::add);
        }
        return opened;
    }

    private static Optional<WebhookSecret> opened(Kept secret, Outside outside) {
        try {
            return Optional.of(
                    WebhookSecrets.opened(
                            outside.open(
                                    WebhookSecrets.place(secret.secretId, secret.version),
                                    secret.sealed)));
        } catch (Unopenable _) {
            return Optional.empty();
        }
    }
}
