package com.fluxvantage.infra;

import software.amazon.awscdk.Duration;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.events.EventBus;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.scheduler.ScheduleGroup;
import software.amazon.awscdk.services.sns.Topic;
import software.amazon.awscdk.services.sqs.Queue;
import software.amazon.awscdk.services.sqs.QueueEncryption;
import software.constructs.Construct;

import java.util.List;
import java.util.Map;

/**
 * Where events leave for other systems, where what could not be delivered waits for a person, and
 * whom alarms tell.
 */
final class EventsStack extends Stack {
    private final Queue undelivered;
    private final Topic alarms;
    private final ScheduleGroup schedules;

    EventsStack(Construct scope, Settings settings, KeysStack keys) {
        super(scope, settings.stackName("events"));
        var key = keys.data(this);
        this.undelivered =
                Queue.Builder.create(this, "Undelivered")
                        .queueName(settings.prefix() + "-undelivered")
                        .encryption(QueueEncryption.KMS)
                        .encryptionMasterKey(key)
                        .enforceSsl(true)
                        // The longest there is, and within what the privacy pages say of queues.
                        .retentionPeriod(Duration.days(14))
                        .build();
        Findings.accept(
                undelivered, "AwsSolutions-SQS3", "It is the dead letter queue of the others.");
        undelivered.addToResourcePolicy(
                ofThisAccount("events", "sqs:SendMessage", undelivered.getQueueArn()));
        EventBus.Builder.create(this, "Bus")
                .eventBusName(settings.prefix())
                .description("What happened in the warehouses, for whoever wants to know")
                .kmsKey(key)
                .deadLetterQueue(undelivered)
                .build();
        this.alarms =
                Topic.Builder.create(this, "Alarms")
                        .topicName(settings.prefix() + "-alarms")
                        .masterKey(key)
                        .enforceSsl(true)
                        .build();
        alarms.addToResourcePolicy(
                ofThisAccount("cloudwatch", "sns:Publish", alarms.getTopicArn()));
        this.schedules =
                ScheduleGroup.Builder.create(this, "Schedules")
                        .scheduleGroupName(settings.prefix())
                        .removalPolicy(RemovalPolicy.DESTROY)
                        .build();
    }

    private PolicyStatement ofThisAccount(String service, String action, String resource) {
        return PolicyStatement.Builder.create()
                .principals(List.of(new ServicePrincipal(service + ".amazonaws.com")))
                .actions(List.of(action))
                .resources(List.of(resource))
                .conditions(Map.of("StringEquals", Map.of("aws:SourceAccount", getAccount())))
                .build();
    }

    Queue undelivered() {
        return undelivered;
    }

    Topic alarms() {
        return alarms;
    }

    ScheduleGroup schedules() {
        return schedules;
    }
}
