package com.fluxvantage.runtime;

import java.util.List;
import java.util.Set;

/**
 * The queue of each consumer. A queue keeps the order of a group, hands out one message of it at a
 * time, and drops one that it has had within the last minutes.
 */
public interface Queues {
    /** Messages of one call. */
    int MOST_AT_ONCE = 10;

    /**
     * What is sent.
     *
     * @param group those of one group are handed out in the order in which they were sent
     * @param deduplication a message with this text again is dropped for five minutes
     */
    record Message(String group, String deduplication, String body) {}

    /**
     * Sends up to {@link #MOST_AT_ONCE} messages in one call.
     *
     * @return the deduplication texts of those that were not taken
     */
    Set<String> send(String consumer, List<Message> batch);
}
