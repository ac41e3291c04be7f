package com.fluxvantage.infra;

import com.fluxvantage.dispatch.EventBridgeBus;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Trigger;
import com.fluxvantage.runtime.Queues;

import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.events.CfnRule;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.lambda.Alias;
import software.amazon.awscdk.services.lambda.CfnEventSourceMapping;
import software.amazon.awscdk.services.sqs.DeadLetterQueue;
import software.amazon.awscdk.services.sqs.Queue;
import software.amazon.awscdk.services.sqs.QueueEncryption;
import software.constructs.Construct;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What stands before an operation that nobody calls: its queue, what becomes of a message that was
 * handed out too often, and how messages come to the function. Ticks and ordered events are sent by
 * the relay into a queue that keeps the order of each stream; events without an order come from the
 * bus into a plain queue, in which nothing waits for another.
 */
final class ConsumerQueue extends Construct {
    /** As long as a function may be at a message, six times, as the service's makers advise. */
    static final int VISIBILITY = 6;

    /**
     * The boundary gives an event up itself, at its last try, and says why. The queue puts aside
     * only that of which not even this could be done so many times more.
     */
    static final int SPARE_RECEIVES = 4;

    /** Functions of one operation at a time: a night of many tenants leaves calls room. */
    private static final int AT_ONCE = 5;

    private static final Duration KEPT = Duration.days(4);
    private static final int TRIES = 5;

    private final Operation<?, ?> operation;
    private final Surroundings around;
    private final Queue queue;

    ConsumerQueue(Construct scope, Operation<?, ?> operation, Surroundings around) {
        super(scope, "Consumer");
        this.operation = operation;
        this.around = around;
        var dead =
                queue("Dead", around.settings().deadQueueName(operation))
                        // The longest there is, and within what the privacy pages say of queues.
                        .retentionPeriod(Duration.days(14))
                        .build();
        Findings.accept(
                dead, "AwsSolutions-SQS3", "It is the dead letter queue of the one beside it.");
        this.queue =
                queue("Queue", around.settings().queueName(operation))
                        .retentionPeriod(KEPT)
                        .visibilityTimeout(
                                Duration.seconds(VISIBILITY * operation.timeLimit().toSeconds()))
                        .deadLetterQueue(
                                DeadLetterQueue.builder()
                                        .queue(dead)
                                        .maxReceiveCount(retries() + 1 + SPARE_RECEIVES)
                                        .build())
                        .build();
        if (operation.trigger() instanceof Trigger.Event event && !event.ordered()) {
            subscribe(event);
        }
    }

    private Queue.Builder queue(String id, String name) {
        var builder =
                Queue.Builder.create(this, id)
                        .queueName(name)
                        .encryption(QueueEncryption.KMS)
                        .encryptionMasterKey(around.keys().data(this, id))
                        .enforceSsl(true);
        return Settings.isOrdered(operation) ? builder.fifo(true) : builder;
    }

    /** What the function's role needs to be handed messages, and nothing that sends one. */
    List<PolicyStatement> rights() {
        return List.of(
                PolicyStatement.Builder.create()
                        .actions(
                                List.of(
                                        "sqs:DeleteMessage",
                                        "sqs:GetQueueAttributes",
                                        "sqs:ReceiveMessage"))
                        .resources(List.of(queue.getQueueArn()))
                        .build(),
                PolicyStatement.Builder.create()
                        .actions(List.of("kms:Decrypt"))
                        .resources(List.of(around.keys().data(this, "Read").getKeyArn()))
                        .build());
    }

    /**
     * Hands messages to the function, which names those that are to come again. A run of a job is
     * long and has a batch to itself.
     */
    void feed(Alias alias) {
        CfnEventSourceMapping.Builder.create(this, "Feed")
                .functionName(alias.getFunctionArn())
                .eventSourceArn(queue.getQueueArn())
                .batchSize(
                        operation.trigger() instanceof Trigger.Schedule ? 1 : Queues.MOST_AT_ONCE)
                .functionResponseTypes(List.of("ReportBatchItemFailures"))
                .scalingConfig(
                        CfnEventSourceMapping.ScalingConfigProperty.builder()
                                .maximumConcurrency(AT_ONCE)
                                .build())
                .build();
    }

    private int retries() {
        return switch (operation.trigger()) {
            case Trigger.Event event -> event.retries();
            case Trigger.Schedule schedule -> schedule.retries();
            case Trigger.Http _, Trigger.Authorizer _ ->
                    throw new IllegalArgumentException(operation + " is called");
        };
    }

    // The relay says with an event who wants it, so what nobody wants wakes no function.
    private Map<String, Object> pattern(Trigger.Event event) {
        var pattern = new TreeMap<String, Object>();
        pattern.put("source", List.of(EventBridgeBus.SOURCE));
        pattern.put("detail-type", List.copyOf(new TreeSet<>(event.types())));
        if (event.onlyWanted()) {
            pattern.put("detail", Map.of("wanted_by", List.of(operation.name())));
        }
        return pattern;
    }

    private void subscribe(Trigger.Event event) {
        var stack = Stack.of(this);
        var settings = around.settings();
        String name = settings.functionName(operation);
        CfnRule.Builder.create(this, "Subscription")
                .name(name)
                .description(operation.summary())
                .eventBusName(settings.prefix())
                .eventPattern(pattern(event))
                .targets(
                        List.of(
                                CfnRule.TargetProperty.builder()
                                        .id("queue")
                                        .arn(queue.getQueueArn())
                                        .inputPath("$.detail")
                                        .retryPolicy(
                                                CfnRule.RetryPolicyProperty.builder()
                                                        .maximumRetryAttempts(TRIES)
                                                        .maximumEventAgeInSeconds(3_600)
                                                        .build())
                                        .deadLetterConfig(
                                                CfnRule.DeadLetterConfigProperty.builder()
                                                        .arn(
                                                                around.events()
                                                                        .undelivered()
                                                                        .getQueueArn())
                                                        .build())
                                        .build()))
                .build();
        queue.addToResourcePolicy(
                PolicyStatement.Builder.create()
                        .principals(List.of(new ServicePrincipal("events.amazonaws.com")))
                        .actions(List.of("sqs:SendMessage"))
                        .resources(List.of(queue.getQueueArn()))
                        .conditions(
                                Map.of(
                                        "ArnEquals",
                                        Map.of(
                                                "aws:SourceArn",
                                                "arn:aws:events:%s:%s:rule/%s/%s"
                                                        .formatted(
                                                                stack.getRegion(),
                                                                stack.getAccount(),
                                                                settings.prefix(),
                                                                name))))
                        .build());
    }
}
