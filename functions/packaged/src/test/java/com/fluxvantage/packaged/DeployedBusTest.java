package com.fluxvantage.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.dispatch.EventBridgeBus;
import com.fluxvantage.runtime.EventMessage;

import org.junit.jupiter.api.Test;

import software.amazon.awssdk.services.eventbridge.model.Target;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * The bus of an emulator, through the client that the relay has: a rule that asks for whom an event
 * is brings those and no others, and with the detail alone as the message.
 */
@NeedsEmulator
final class DeployedBusTest {
    private static final String TYPE = "order.shipped";
    private static final String WANTING = "queue-webhooks";
    private static final int MOST_AT_ONCE = 10;

    private final Emulator emulator = Emulator.deployed();
    private final SqsClient queues = emulator.queues();

    @Test
    void brings_what_is_wanted_and_nothing_else() {
        String queue = queues.createQueue(it -> it.queueName("wanted")).queueUrl();
        subscribe(queue);
        var wanted = event(2, Optional.of(List.of(WANTING)));
        var wantedByTwo = event(4, Optional.of(List.of("another", WANTING)));

        var refused =
                new EventBridgeBus(emulator.events(), Emulator.PREFIX)
                        .put(
                                List.of(
                                        event(1, Optional.empty()),
                                        wanted,
                                        event(3, Optional.of(List.of("another"))),
                                        wantedByTwo));

        assertThat(refused).isEmpty();
        assertThat(received(queue, 2))
                .extracting(Cloud::json)
                .containsExactlyInAnyOrder(
                        Cloud.json(wanted.json()), Cloud.json(wantedByTwo.json()));
    }

    private void subscribe(String queue) {
        var arn =
                queues.getQueueAttributes(it ->
                                it.queueUrl(queue).attributeNames(QueueAttributeName.QUEUE_ARN))
                        .attributes()
                        .get(QueueAttributeName.QUEUE_ARN);
        try (var events = emulator.events()) {
            events.putRule(it ->
                    it.name("wanted")
                            .eventBusName(Emulator.PREFIX)
                            .eventPattern(
                                    """
                                    {"source": ["%s"], "detail-type": ["%s"], "detail": {"wanted_by": ["%s"]}}
                                    """
                                            .formatted(EventBridgeBus.SOURCE, TYPE, WANTING)));
            events.putTargets(it ->
                    it.rule("wanted")
                            .eventBusName(Emulator.PREFIX)
                            .targets(
                                    Target.builder()
                                            .id("queue")
                                            .arn(Objects.requireNonNull(arn))
                                            .inputPath("$.detail")
                                            .build()));
        }
    }

    private static EventMessage event(long no, Optional<List<String>> wantedBy) {
        return new EventMessage(new UUID(1, 1), new UUID(2, 2), no, TYPE, wantedBy);
    }

    /** So many as are expected, and whatever comes within two seconds of them. */
    private List<String> received(String queue, int expected) {
        var bodies = new ArrayList<String>();
        int quiet = 0;
        while (bodies.size() < expected ? quiet < 20 : quiet < 2) {
            var messages =
                    queues.receiveMessage(it ->
                                    it.queueUrl(queue)
                                            .maxNumberOfMessages(MOST_AT_ONCE)
                                            .waitTimeSeconds(1))
                            .messages();
            quiet = messages.isEmpty() ? quiet + 1 : 0;
            for (var message : messages) {
                bodies.add(message.body());
                queues.deleteMessage(
                        it -> it.queueUrl(queue).receiptHandle(message.receiptHandle()));
            }
        }
        return bodies;
    }
}
