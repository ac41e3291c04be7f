package com.fluxvantage.runtime;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The queue of each consumer. A queue keeps the order of a group, hands out one message of it at a
 * time, and drops one that it has had within the last minutes.
 */
public interface Queues {
    /** Messages of one call. */
    int MOST_AT_ONCE = 10;

    /** Bytes of one body; that of ten is a tenth of what the service takes in one call. */
    int LARGEST_BODY = 10_000;

    /** Letters of a group or of a deduplication text. */
    int LONGEST_NAME = 128;

    /**
     * What is sent.
     *
     * @param group those of one group are handed out in the order in which they were sent
     * @param deduplication a message with this text again is dropped for five minutes
     */
    record Message(String group, String deduplication, String body) {
        private static final Pattern NAME = Pattern.compile("[!-~]{1," + LONGEST_NAME + "}");

        /** One that is not within them is never taken, however often it is sent. */
        public boolean isWithinLimits() {
            return NAME.matcher(group).matches()
                    && NAME.matcher(deduplication).matches()
                    && !body.isEmpty()
                    && body.getBytes(StandardCharsets.UTF_8).length <= LARGEST_BODY;
        }
    }

    /**
     * Sends up to {@link #MOST_AT_ONCE} messages in one call.
     *
     * @return the deduplication texts of those that were not taken
     */
    Set<String> send(String consumer, List<Message> batch);
}
