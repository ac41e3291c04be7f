package com.fluxvantage.runtime;

import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/**
 * FIFO queues in this process, as strict as SQS: a group is handed out in order and not again while
 * one of its messages is out, what was sent within five minutes is dropped, a message that was not
 * settled comes again when its time is over, and after so many receives it is put aside. Time is
 * the clock's, which a test moves. Thread-safe.
 */
public final class LocalQueues implements Queues {
    private static final Duration DEDUPLICATION = Duration.ofMinutes(5);
    private static final Duration VISIBILITY = Duration.ofMinutes(1);

    private static final class Held {
        private final String id = UUID.randomUUID().toString();
        private final Message message;
        private int receives;
        private Instant visibleAt = Instant.MIN;

        private Held(Message message) {
            this.message = message;
        }
    }

    private static final class Fifo {
        private final List<Held> held = new ArrayList<>();
        private final List<Message> aside = new ArrayList<>();
        private final Map<String, Instant> sent = new HashMap<>();
    }

    private final Map<String, Fifo> queues = new HashMap<>();
    private final Clock clock;
    private final int mostReceives;

    /**
     * Empty.
     *
     * @param mostReceives so often a message is handed out before it is put aside
     */
    public LocalQueues(Clock clock, int mostReceives) {
        this.clock = clock;
        this.mostReceives = mostReceives;
    }

    @Override
    public synchronized Set<String> send(String consumer, List<Message> batch) {
        if (batch.isEmpty() || batch.size() > MOST_AT_ONCE) {
            throw new IllegalArgumentException("a call sends 1 to " + MOST_AT_ONCE + " messages");
        }
        var queue = queue(consumer);
        var now = clock.instant();
        queue.sent.values().removeIf(at -> !at.plus(DEDUPLICATION).isAfter(now));
        var refused = new HashSet<String>();
        for (var message : batch) {
            if (!message.isWithinLimits()) {
                refused.add(message.deduplication());
            } else if (queue.sent.putIfAbsent(message.deduplication(), now) == null) {
                queue.held.add(new Held(message));
            }
        }
        return refused;
    }

    /**
     * Hands one batch to the consumer and takes its answer; false when nothing could be handed out.
     * A consumer that throws has settled nothing, as a function that was killed.
     */
    public boolean deliver(String consumer, Function<SQSEvent, SQSBatchResponse> function) {
        var batch = receive(consumer);
        if (batch.isEmpty()) {
            return false;
        }
        var answer = function.apply(event(batch));
        var failed = new HashSet<String>();
        answer.getBatchItemFailures().forEach(it -> failed.add(it.getItemIdentifier()));
        synchronized (this) {
            queue(consumer).held.removeIf(it -> batch.contains(it) && !failed.contains(it.id));
        }
        return true;
    }

    /** How many wait or are out. */
    public synchronized int size(String consumer) {
        return queue(consumer).held.size();
    }

    /** What was put aside after too many receives. */
    public synchronized List<Message> aside(String consumer) {
        return List.copyOf(queue(consumer).aside);
    }

    private synchronized List<Held> receive(String consumer) {
        var queue = queue(consumer);
        var now = clock.instant();
        for (var worn : List.copyOf(queue.held)) {
            if (worn.receives >= mostReceives && !worn.visibleAt.isAfter(now)) {
                queue.held.remove(worn);
                queue.aside.add(worn.message);
            }
        }
        var out = new HashSet<String>();
        for (var held : queue.held) {
            if (held.visibleAt.isAfter(now)) {
                out.add(held.message.group());
            }
        }
        var batch = new ArrayList<Held>();
        for (var held : queue.held) {
            if (batch.size() < MOST_AT_ONCE && !out.contains(held.message.group())) {
                held.receives++;
                held.visibleAt = now.plus(VISIBILITY);
                batch.add(held);
            }
        }
        return batch;
    }

    private SQSEvent event(List<Held> batch) {
        var records = new ArrayList<SQSEvent.SQSMessage>();
        for (var held : batch) {
            var record = new SQSEvent.SQSMessage();
            record.setMessageId(held.id);
            record.setBody(held.message.body());
            record.setAttributes(
                    Map.of(
                            "MessageGroupId",
                            held.message.group(),
                            "ApproximateReceiveCount",
                            Integer.toString(held.receives)));
            records.add(record);
        }
        var event = new SQSEvent();
        event.setRecords(records);
        return event;
    }

    private Fifo queue(String consumer) {
        return queues.computeIfAbsent(consumer, _ -> new Fifo());
    }
}
