package com.fluxvantage.kernel.outside;

import java.time.Duration;
import java.util.Optional;

/**
 * Posts signed messages to addresses that tenants have named: to strangers. Whatever they are or
 * answer, nothing but a status comes back, within {@link #LONGEST}. Safe for use by many threads.
 */
@FunctionalInterface
public interface Webhooks {
    /** Looking up the name, connecting and waiting for the answer, all together. */
    Duration LONGEST = Duration.ofSeconds(15);

    /** Posts once. It tries nothing twice and follows no redirect. */
    Reply post(WebhookMessage message);

    /** What became of it. */
    sealed interface Reply {
        /**
         * Somebody answered.
         *
         * @param status of HTTP
         * @param notBefore so long the receiver asks to be left alone
         */
        record Answered(int status, Optional<Duration> notBefore) implements Reply {}

        /** Nobody answered. Whether the message has arrived is not known. */
        record Unanswered(Cause cause) implements Reply {}
    }

    /** Why nobody answered. */
    enum Cause {
        /** None of the receiver's secrets opens, so there was nothing to send. */
        NOT_SIGNED,
        /** No such name. */
        UNKNOWN_NAME,
        /** The name means a machine that is not on the public internet: nobody was called. */
        FORBIDDEN_ADDRESS,
        /** Nobody listens there. */
        NOT_CONNECTED,
        /** The certificate is not one of that name, or not by anybody known. */
        NOT_TRUSTED,
        /** It took too long. */
        TIMED_OUT,
        /** What came was cut off, or no answer of HTTP. */
        BROKEN_OFF
    }
}
