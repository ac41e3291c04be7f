package com.fluxvantage.packaged;

import com.fluxvantage.dispatch.SqsQueues;
import com.fluxvantage.runtime.Queues;

import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/** The queues of an emulator, through the client that the relay has. */
@NeedsEmulator
final class DeployedQueuesTest extends QueuesContract {
    private static final String NAME = "contract-";
    private static final int MOST_AT_ONCE = 10;

    private final Emulator emulator = Emulator.deployed();
    private final SqsClient client = emulator.queues();
    private final Queues queues =
            new SqsQueues(client, emulator.endpoint() + "/" + Emulator.ACCOUNT + "/" + NAME);

    @Override
    Queues queues() {
        return queues;
    }

    @Override
    Consumer consumer(String name) {
        String dead = queue(name + "-dead", Map.of());
        var arn =
                client.getQueueAttributes(it ->
                                it.queueUrl(dead).attributeNames(QueueAttributeName.QUEUE_ARN))
                        .attributes()
                        .get(QueueAttributeName.QUEUE_ARN);
        String queue =
                queue(
                        name,
                        Map.of(
                                QueueAttributeName.REDRIVE_POLICY,
                                "{\"deadLetterTargetArn\": \"%s\", \"maxReceiveCount\": %d}"
                                        .formatted(Objects.requireNonNull(arn), MOST_RECEIVES)));
        return new Listening(queue, dead);
    }

    private String queue(String name, Map<QueueAttributeName, String> more) {
        var attributes = new HashMap<>(more);
        attributes.put(QueueAttributeName.FIFO_QUEUE, "true");
        return client.createQueue(
                        it -> it.queueName(NAME + name + SqsQueues.ORDERED).attributes(attributes))
                .queueUrl();
    }

    private final class Listening implements Consumer {
        private final String queue;
        private final String dead;
        private final List<String> out = new ArrayList<>();

        private Listening(String queue, String dead) {
            this.queue = queue;
            this.dead = dead;
        }

        @Override
        public List<String> receive(Predicate<String> refused) {
            var messages = received(queue);
            for (var message : messages) {
                if (refused.test(message.body())) {
                    out.add(message.receiptHandle());
                } else {
                    client.deleteMessage(
                            it -> it.queueUrl(queue).receiptHandle(message.receiptHandle()));
                }
            }
            return messages.stream().map(Message::body).toList();
        }

        private List<Message> received(String from) {
            return client.receiveMessage(it ->
                            it.queueUrl(from).maxNumberOfMessages(MOST_AT_ONCE).waitTimeSeconds(1))
                    .messages();
        }

        @Override
        public void untilVisible() {
            out.forEach(handle ->
                    client.changeMessageVisibility(
                            it -> it.queueUrl(queue).receiptHandle(handle).visibilityTimeout(0)));
            out.clear();
        }

        @Override
        public List<String> aside() {
            return received(dead).stream().map(Message::body).toList();
        }
    }
}
