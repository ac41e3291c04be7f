package com.fluxvantage.integrations;

import com.fluxvantage.kernel.outside.Webhooks.Reply;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * When a message is tried again, and when an endpoint is left alone. The times are those that
 * Standard Webhooks 1.0.0 proposes; the clock wakes the sender once a minute, so the shortest are
 * longer.
 */
final class WebhookSchedule {
    /** After the first attempt in vain, after the second, and so on: three days in all. */
    static final List<Duration> RETRIES =
            List.of(
                    Duration.ofSeconds(5),
                    Duration.ofMinutes(5),
                    Duration.ofMinutes(30),
                    Duration.ofHours(2),
                    Duration.ofHours(5),
                    Duration.ofHours(10),
                    Duration.ofHours(14),
                    Duration.ofHours(20),
                    Duration.ofHours(24));

    /** What fails so often in a row is unwell: it is asked now and then, with one message. */
    static final int FAILURES_BEFORE_REST = 5;

    /** Who has taken nothing for so long takes nothing. */
    static final Duration LONGEST_FAILING = Duration.ofDays(3);

    private static final Duration SHORTEST_REST = Duration.ofMinutes(1);
    private static final Duration LONGEST_REST = Duration.ofHours(1);
    private static final int GONE = 410;

    private WebhookSchedule() {}

    static boolean isTaken(Reply reply) {
        return reply instanceof Reply.Answered(int status, _) && status >= 200 && status < 300;
    }

    static boolean isGone(Reply reply) {
        return reply instanceof Reply.Answered(int status, _) && status == GONE;
    }

    /** Whether what follows would fare no better at this moment. */
    static boolean isUnwell(Reply reply) {
        return switch (reply) {
            case Reply.Unanswered _ -> true;
            case Reply.Answered(int status, _) -> status >= 500 || status == 429 || status == GONE;
        };
    }

    /** As it stands in the list of deliveries: a status, or the cause. */
    static String outcome(Reply reply) {
        return switch (reply) {
            case Reply.Answered(int status, _) -> String.valueOf(status);
            case Reply.Unanswered(var cause) -> cause.name();
        };
    }

    /**
     * The next time for a message that was tried so often in vain; none when that was often enough.
     * Spread by a tenth, and by the message and not by chance, so that a run can be repeated.
     */
    static Optional<Instant> next(UUID delivery, int attempts, Reply reply, Instant now) {
        if (attempts > RETRIES.size()) {
            return Optional.empty();
        }
        var wait = RETRIES.get(attempts - 1);
        long spread =
                wait.toMillis()
                        / 10
                        * Math.floorMod(delivery.hashCode() + 31L * attempts, 100)
                        / 100;
        var due = now.plus(wait).plusMillis(spread);
        return Optional.of(notBefore(reply, now).filter(due::isBefore).orElse(due));
    }

    /** Until when an endpoint rests that has failed so often in a row. */
    static Optional<Instant> rest(int failures, Reply reply, Instant now) {
        var asked = notBefore(reply, now);
        if (failures < FAILURES_BEFORE_REST) {
            return asked;
        }
        int doublings = Math.min(failures - FAILURES_BEFORE_REST, 6);
        var rest = SHORTEST_REST.multipliedBy(1L << doublings);
        var until = now.plus(rest.compareTo(LONGEST_REST) < 0 ? rest : LONGEST_REST);
        return Optional.of(asked.filter(until::isBefore).orElse(until));
    }

    private static Optional<Instant> notBefore(Reply reply, Instant now) {
        return reply instanceof Reply.Answered(int status, var notBefore)
                        && (status == 429 || status == 503)
                ? notBefore.map(now::plus)
                : Optional.empty();
    }
}
