package com.fluxvantage.webhooks;

import com.fluxvantage.kernel.outside.WebhookMessage;
import com.fluxvantage.kernel.outside.Webhooks;
import com.fluxvantage.runtime.SignedWebhook;

import java.time.Clock;
import java.time.Duration;

import javax.net.ssl.SSLContext;

/** Posts to {@link Strangers}. Of an answer only the head counts; its body is thrown away. */
public final class PinnedWebhooks implements Webhooks {
    private static final String AGENT = "FluxVantage-Webhooks/1";
    private static final int MOST_BODY_BYTES = 16 * 1024;

    private final Clock clock = Clock.systemUTC();
    private final Duration longest;
    private final Strangers strangers;

    /** To the public internet, and nowhere else. */
    public PinnedWebhooks() {
        this.longest = LONGEST;
        this.strangers = Strangers.onTheInternet(AGENT);
    }

    /**
     * For tests.
     *
     * @param allowsLoopback names may mean this machine
     */
    PinnedWebhooks(
            PinnedNames.Lookup lookup, boolean allowsLoopback, SSLContext tls, Duration longest) {
        this.longest = longest;
        this.strangers = new Strangers(AGENT, new PinnedNames(lookup, allowsLoopback), tls);
    }

    @Override
    public Reply post(WebhookMessage message) {
        var headers = SignedWebhook.headers(message, clock.instant());
        var heard =
                strangers.post(
                        message.to().uri(), headers, message.body(), MOST_BODY_BYTES, longest);
        return switch (heard) {
            case Strangers.Heard.Answered(int status, var notBefore, _) ->
                    new Reply.Answered(status, notBefore);
            case Strangers.Heard.Unanswered(var cause) -> new Reply.Unanswered(cause);
        };
    }

    /** For tests: a process ends with all of it. */
    void close() {
        strangers.close();
    }
}
