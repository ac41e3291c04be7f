package com.fluxvantage.infra;

import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.runtime.KeepAlive;

import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.iam.PolicyDocument;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.scheduler.CfnSchedule;
import software.amazon.awscdk.services.stepfunctions.CfnStateMachine;
import software.constructs.Construct;

import tools.jackson.databind.json.JsonMapper;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Calls every function once a week. A snapshot that nobody starts from for two weeks is dropped,
 * and the first call after that would fail. The calls wait for their answers, so a function that
 * does not come back is seen; nothing reaches the database.
 */
final class UpkeepStack extends Stack {
    private final List<String> aliases;

    UpkeepStack(
            Construct scope,
            Settings settings,
            List<Operation<?, ?>> operations,
            EventsStack events,
            KeysStack keys) {
        super(scope, settings.stackName("upkeep"));
        this.aliases =
                operations.stream()
                        .map(operation ->
                                "arn:aws:lambda:%s:%s:function:%s:%s"
                                        .formatted(
                                                getRegion(),
                                                getAccount(),
                                                settings.functionName(operation),
                                                Settings.ALIAS))
                        .toList();
        var key = keys.data(this);
        var useOfKey =
                statement(List.of("kms:Decrypt", "kms:GenerateDataKey"), List.of(key.getKeyArn()));
        var caller =
                role(
                        "Caller",
                        "states",
                        statement(List.of("lambda:InvokeFunction"), aliases),
                        useOfKey);
        var machine =
                CfnStateMachine.Builder.create(this, "KeepAlive")
                        .stateMachineName(settings.prefix() + "-keep-alive")
                        .definitionString(definition())
                        .roleArn(caller.getRoleArn())
                        .encryptionConfiguration(
                                CfnStateMachine.EncryptionConfigurationProperty.builder()
                                        .type("CUSTOMER_MANAGED_KMS_KEY")
                                        .kmsKeyId(key.getKeyArn())
                                        .build())
                        .build();
        machine.getNode().addDependency(caller);
        Findings.accept(
                machine, "AwsSolutions-SF1", "Its history says what failed, and is kept 90 days.");
        Findings.accept(machine, "AwsSolutions-SF2", "A weekly call has nothing to trace.");
        var starter =
                role(
                        "Starter",
                        "scheduler",
                        statement(List.of("states:StartExecution"), List.of(machine.getAttrArn())),
                        statement(
                                List.of("sqs:SendMessage"),
                                List.of(events.undelivered().getQueueArn())),
                        useOfKey);
        CfnSchedule.Builder.create(this, "Weekly")
                .name("keep-alive")
                .groupName(events.schedules().getScheduleGroupName())
                .kmsKeyArn(key.getKeyArn())
                .scheduleExpression("cron(0 3 ? * SUN *)")
                .flexibleTimeWindow(
                        CfnSchedule.FlexibleTimeWindowProperty.builder().mode("OFF").build())
                .target(
                        CfnSchedule.TargetProperty.builder()
                                .arn(machine.getAttrArn())
                                .roleArn(starter.getRoleArn())
                                .input("{}")
                                .retryPolicy(
                                        CfnSchedule.RetryPolicyProperty.builder()
                                                .maximumRetryAttempts(3)
                                                .maximumEventAgeInSeconds(3_600)
                                                .build())
                                .deadLetterConfig(
                                        CfnSchedule.DeadLetterConfigProperty.builder()
                                                .arn(events.undelivered().getQueueArn())
                                                .build())
                                .build())
                .build();
    }

    private Role role(String id, String service, PolicyStatement... statements) {
        return Role.Builder.create(this, id)
                .assumedBy(new ServicePrincipal(service + ".amazonaws.com"))
                .inlinePolicies(
                        Map.of(
                                "upkeep",
                                PolicyDocument.Builder.create()
                                        .statements(List.of(statements))
                                        .build()))
                .build();
    }

    private static PolicyStatement statement(List<String> actions, List<String> resources) {
        return PolicyStatement.Builder.create().actions(actions).resources(resources).build();
    }

    // The first call of a function that went to sleep fails and wakes it: it is called again.
    private String definition() {
        var retry =
                sorted(
                        "ErrorEquals", List.of("States.ALL"),
                        "IntervalSeconds", 60,
                        "MaxAttempts", 4,
                        "BackoffRate", 2);
        var call =
                sorted(
                        "Type",
                        "Task",
                        "Resource",
                        "arn:aws:states:::lambda:invoke",
                        "Arguments",
                        sorted(
                                "FunctionName",
                                "{% $states.input %}",
                                "Payload",
                                sorted("resource", KeepAlive.RESOURCE)),
                        "Retry",
                        List.of(retry),
                        "End",
                        true);
        var each =
                sorted(
                        "Type",
                        "Map",
                        "Items",
                        aliases,
                        "MaxConcurrency",
                        4,
                        "ItemProcessor",
                        sorted(
                                "ProcessorConfig",
                                sorted("Mode", "INLINE"),
                                "StartAt",
                                "Call",
                                "States",
                                sorted("Call", call)),
                        "End",
                        true);
        return JsonMapper.shared()
                .writeValueAsString(
                        sorted(
                                "QueryLanguage",
                                "JSONata",
                                "StartAt",
                                "EachFunction",
                                "TimeoutSeconds",
                                7_200,
                                "States",
                                sorted("EachFunction", each)));
    }

    private static Map<String, Object> sorted(Object... pairs) {
        var map = new TreeMap<String, Object>();
        for (int at = 0; at < pairs.length; at += 2) {
            map.put((String) pairs[at], pairs[at + 1]);
        }
        return map;
    }
}
