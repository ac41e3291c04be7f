package com.fluxvantage.dispatch;

import com.fluxvantage.runtime.Queues;

import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * FIFO queues of Amazon SQS, one for each consumer. A message's group and deduplication text are
 * the service's own; it drops a repeated one for five minutes and keeps the order of a group.
 *
 * @param prefix the address of a queue up to the name of its consumer
 */
public record SqsQueues(SqsClient client, String prefix) implements Queues {
    /** With it ends the name of a queue that keeps an order; the service demands it. */
    public static final String ORDERED = ".fifo";

    @Override
    public Set<String> send(String consumer, List<Message> batch) {
        if (batch.isEmpty() || batch.size() > MOST_AT_ONCE) {
            throw new IllegalArgumentException("a call sends 1 to " + MOST_AT_ONCE + " messages");
        }
        var refused = new HashSet<String>();
        var entries = new ArrayList<SendMessageBatchRequestEntry>();
        for (int at = 0; at < batch.size(); at++) {
            var message = batch.get(at);
            if (message.isWithinLimits()) {
                entries.add(entry(at, message));
            } else {
                refused.add(message.deduplication());
            }
        }
        if (entries.isEmpty()) {
            return refused;
        }
        var answer =
                client.sendMessageBatch(
                        it -> it.queueUrl(prefix + consumer + ORDERED).entries(entries));
        var taken = new HashSet<String>();
        answer.successful().forEach(it -> taken.add(it.id()));
        // What the answer does not mention at all is not known to be there: it is sent again.
        for (var entry : entries) {
            if (!taken.contains(entry.id())) {
                refused.add(entry.messageDeduplicationId());
            }
        }
        return refused;
    }

    private static SendMessageBatchRequestEntry entry(int at, Message message) {
        return SendMessageBatchRequestEntry.builder()
                .id(Integer.toString(at))
                .messageGroupId(message.group())
                .messageDeduplicationId(message.deduplication())
                .messageBody(message.body())
                .build();
    }
}
