package com.fluxvantage.local;

import com.fluxvantage.kernel.outside.Webhooks.Reply;
import com.fluxvantage.runtime.LocalWebhooks;
import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookVerificationException;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The shop's own system, which wants to hear of each order that leaves: it makes a secret, names
 * its address, and verifies whatever arrives there with the library that the standard's authors
 * keep.
 */
final class ShopIsTold {
    private static final String HOST = "hooks.shop.example.org";
    private static final Duration A_MINUTE = Duration.ofMinutes(1);

    private final Terminal terminal;
    private final LocalPlatform platform;
    private final Floor shop;
    private final String secret = ShopSends.newSecret();
    private final Set<String> verified = new HashSet<>();
    private final Set<String> orders = new HashSet<>();
    private int unverified;

    ShopIsTold(Terminal terminal, LocalPlatform platform, Floor shop) {
        this.terminal = terminal;
        this.platform = platform;
        this.shop = shop;
    }

    /** From now on. */
    void subscribe() {
        platform.webhooks().receive(HOST, this::receive);
        var body = ApiClient.object();
        body.put("url", "https://" + HOST + "/shipped");
        body.putArray("event_types").add("order.shipped");
        body.put("secret", secret);
        shop.staff()
                .administrator()
                .post("add-webhook-endpoint", "/webhook-endpoints", "hooks-of-the-shop", body);
    }

    /** A minute later; whether it was told, by nobody else, and of what it had itself sent in. */
    boolean print(ShopSends sent) {
        platform.later(A_MINUTE);
        platform.later(A_MINUTE);
        int told;
        int forged;
        boolean isTheirs;
        synchronized (this) {
            told = verified.size();
            forged = unverified;
            isTheirs = orders.contains(sent.orderId());
        }
        boolean isRight = isTheirs && forged == 0;
        String line = "It was told of %d orders that left".formatted(told);
        terminal.line("");
        terminal.line(sent.isRight() ? sent.counts() + "." : terminal.red(sent.counts() + "."));
        terminal.line(
                isRight
                        ? line + ", that one among them, each signed and verified."
                        : terminal.red(
                                line
                                        + ", %d more did not verify, and that one was%s among them."
                                                .formatted(forged, isTheirs ? "" : " not")));
        return isRight && sent.isRight();
    }

    private synchronized Reply receive(LocalWebhooks.Received received) {
        var headers = new HashMap<String, List<String>>();
        received.headers().forEach((name, value) -> headers.put(name, List.of(value)));
        try {
            new Webhook(secret).verify(received.body(), headers);
            verified.add(String.valueOf(received.headers().get("webhook-id")));
            orders.add(
                    ApiClient.JSON
                            .readTree(received.body())
                            .path("data")
                            .path("order_id")
                            .asString());
            return new Reply.Answered(204, Optional.empty());
        } catch (WebhookVerificationException | EmptyWebhookSecretException _) {
            unverified++;
            return new Reply.Answered(401, Optional.empty());
        }
    }
}
