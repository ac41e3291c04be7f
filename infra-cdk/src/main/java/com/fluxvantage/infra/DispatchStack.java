package com.fluxvantage.infra;

import com.fluxvantage.dispatch.PlatformFunction;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Trigger;
import com.fluxvantage.runtime.Subscriptions;

import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.ec2.InterfaceVpcEndpointAwsService;
import software.amazon.awscdk.services.iam.PolicyDocument;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.lambda.Architecture;
import software.amazon.awscdk.services.lambda.CfnEventInvokeConfig;
import software.amazon.awscdk.services.lambda.Code;
import software.amazon.awscdk.services.lambda.Function;
import software.amazon.awscdk.services.lambda.Runtime;
import software.amazon.awscdk.services.logs.LogGroup;
import software.amazon.awscdk.services.scheduler.CfnSchedule;
import software.constructs.Construct;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The clock: the relay, the function that plans jobs, and a schedule for each operation that runs
 * by the clock. It stands behind the domains, so no tick is planned for a queue that is not there.
 * Neither function has a snapshot: the relay is never cold, and for a plan nobody waits.
 */
final class DispatchStack extends Stack {
    /** Relays at a time. Two would swap nothing, and one has carried more than comes. */
    static final int SHARDS = 1;

    private static final String HANDLER =
            "org.springframework.cloud.function.adapter.aws.FunctionInvoker::handleRequest";
    private static final String APPLICATION = "com.fluxvantage.dispatch.DispatchApplication";

    /** The service fills it in: when the tick was due, however late it comes. */
    private static final String SCHEDULED_TIME = "<aws.scheduler.scheduled-time>";

    private static final int MINUTE = 60;
    private static final int DAY = 86_400;
    private static final int TRIES = 3;

    private final Surroundings around;
    private final Settings settings;
    private final List<Operation<?, ?>> operations;
    private final Code code;

    DispatchStack(
            Construct scope, List<Operation<?, ?>> operations, Zips zips, Surroundings around) {
        super(scope, around.settings().stackName("dispatch"));
        this.around = around;
        this.settings = around.settings();
        this.operations = operations;
        this.code = zips.ofDispatch();
        var relay = function(PlatformFunction.RELAY);
        // One that could not start in its minute is replaced by the next minute's.
        once(relay, 0, MINUTE);
        schedule(
                "relay",
                relay,
                role("Starter", relay),
                "{}",
                new Start("rate(1 minute)", "UTC", 0, 0, MINUTE));
        var planner = function(PlatformFunction.PLAN_JOB);
        once(planner, TRIES - 1, DAY / 24);
        var role = role("Clock", planner);
        for (var operation : operations) {
            if (operation.trigger() instanceof Trigger.Schedule schedule) {
                schedule(
                        operation.name(),
                        planner,
                        role,
                        "{\"operation\":\"%s\",\"scheduled_at\":\"%s\"}"
                                .formatted(operation.name(), SCHEDULED_TIME),
                        start(schedule));
            }
        }
    }

    /** The services that the relay talks to, whose endpoints the closed subnets need. */
    static List<InterfaceVpcEndpointAwsService> services(List<Operation<?, ?>> operations) {
        var queues = InterfaceVpcEndpointAwsService.SQS;
        return usesBus(operations)
                ? List.of(queues, InterfaceVpcEndpointAwsService.EVENTBRIDGE)
                : List.of(queues);
    }

    private static boolean usesBus(List<Operation<?, ?>> operations) {
        return !Subscriptions.of(operations).subscribersByType().isEmpty();
    }

    private record Start(
            String expression, String zone, long windowMinutes, int retries, long oldestSeconds) {}

    private static Start start(Trigger.Schedule schedule) {
        var timing = schedule.timing();
        return new Start(
                timing.expression(),
                timing.zone().normalized().getId().equals("Z") ? "UTC" : timing.zone().getId(),
                schedule.jitter().toMinutes(),
                TRIES,
                Math.clamp(schedule.deadline().toSeconds(), MINUTE, DAY));
    }

    private void schedule(String name, Function target, Role role, String input, Start start) {
        var window = CfnSchedule.FlexibleTimeWindowProperty.builder();
        if (start.windowMinutes == 0) {
            window.mode("OFF");
        } else {
            window.mode("FLEXIBLE").maximumWindowInMinutes(start.windowMinutes);
        }
        CfnSchedule.Builder.create(this, "Schedule-" + name)
                .name(name)
                .groupName(around.events().schedules().getScheduleGroupName())
                .kmsKeyArn(around.keys().data(this, "Schedule-" + name + "-").getKeyArn())
                .scheduleExpression(start.expression)
                .scheduleExpressionTimezone(start.zone)
                .flexibleTimeWindow(window.build())
                .target(
                        CfnSchedule.TargetProperty.builder()
                                .arn(target.getFunctionArn())
                                .roleArn(role.getRoleArn())
                                .input(input)
                                .retryPolicy(
                                        CfnSchedule.RetryPolicyProperty.builder()
                                                .maximumRetryAttempts(start.retries)
                                                .maximumEventAgeInSeconds(start.oldestSeconds)
                                                .build())
                                .deadLetterConfig(
                                        CfnSchedule.DeadLetterConfigProperty.builder()
                                                .arn(undelivered())
                                                .build())
                                .build())
                .build();
    }

    private Role role(String id, Function target) {
        return Role.Builder.create(this, id)
                .description("Starts " + target.getNode().getId() + " by the clock")
                .assumedBy(new ServicePrincipal("scheduler.amazonaws.com"))
                .inlinePolicies(
                        policy(
                                statement(
                                        List.of("lambda:InvokeFunction"), target.getFunctionArn()),
                                statement(List.of("sqs:SendMessage"), undelivered()),
                                useOfKey(id)))
                .build();
    }

    private Function function(PlatformFunction which) {
        String name = settings.functionName(which);
        var log =
                LogGroups.make(
                        this,
                        which.label() + "-Log",
                        "/aws/lambda/" + name,
                        settings,
                        around.keys());
        var function =
                Function.Builder.create(this, which.label())
                        .functionName(name)
                        .description(which.summary())
                        .runtime(Runtime.JAVA_25)
                        .architecture(Architecture.ARM_64)
                        .code(code)
                        .handler(HANDLER)
                        .memorySize(settings.memoryMegabytes())
                        .timeout(Duration.seconds(which.timeLimit().toSeconds()))
                        .environment(environment(which))
                        .environmentEncryption(around.keys().data(this, which.label() + "-"))
                        .logGroup(log)
                        .role(role(which, log));
        if (which == PlatformFunction.RELAY) {
            function.reservedConcurrentExecutions(SHARDS);
        }
        around.network()
                .ifPresent(network ->
                        function.vpc(network.vpc())
                                .vpcSubnets(network.closedSubnets())
                                .securityGroups(List.of(network.closed())));
        return function.build();
    }

    private Map<String, String> environment(PlatformFunction which) {
        var environment = new TreeMap<String, String>();
        environment.put("MAIN_CLASS", APPLICATION);
        environment.put("FV_FUNCTION", which.label());
        environment.put("FV_DATABASE_URL", around.database().url());
        environment.put("FV_DATABASE_LOGIN", around.database().login());
        environment.put("JAVA_TOOL_OPTIONS", "-Djdk.tls.client.protocols=TLSv1.3");
        if (which == PlatformFunction.RELAY) {
            environment.put(
                    "FV_QUEUES",
                    "https://sqs.%s.%s/%s/%s-"
                            .formatted(
                                    getRegion(), getUrlSuffix(), getAccount(), settings.prefix()));
            environment.put("FV_BUS", settings.prefix());
        }
        return environment;
    }

    private Role role(PlatformFunction which, LogGroup log) {
        var statements = new ArrayList<PolicyStatement>();
        statements.add(
                statement(
                        List.of("logs:CreateLogStream", "logs:PutLogEvents"),
                        log.getLogGroupArn()));
        around.database()
                .proxyId()
                .ifPresent(proxy ->
                        statements.add(
                                statement(
                                        List.of("rds-db:connect"),
                                        "arn:aws:rds-db:%s:%s:dbuser:%s/%s"
                                                .formatted(
                                                        getRegion(),
                                                        getAccount(),
                                                        proxy,
                                                        which.databaseRole()))));
        switch (which) {
            case RELAY -> {
                statements.add(useOfKey(which.label() + "-Send-"));
                statements.add(sendsToQueues());
                if (usesBus(operations)) {
                    statements.add(
                            statement(
                                    List.of("events:PutEvents"),
                                    "arn:aws:events:%s:%s:event-bus/%s"
                                            .formatted(
                                                    getRegion(), getAccount(), settings.prefix())));
                }
            }
            case PLAN_JOB -> {
                // What it could not plan goes where a person finds it.
                statements.add(useOfKey(which.label() + "-Send-"));
                statements.add(statement(List.of("sqs:SendMessage"), undelivered()));
            }
        }
        if (around.network().isPresent()) {
            statements.addAll(NetworkInterfaces.statements(this, settings.functionName(which)));
        }
        var role =
                Role.Builder.create(this, which.label() + "-Role")
                        .description("What " + which.label() + " may do")
                        .assumedBy(new ServicePrincipal("lambda.amazonaws.com"))
                        .inlinePolicies(policy(statements.toArray(PolicyStatement[]::new)))
                        .build();
        if (around.network().isPresent()) {
            NetworkInterfaces.accept(role);
        }
        return role;
    }

    private PolicyStatement sendsToQueues() {
        return PolicyStatement.Builder.create()
                .actions(List.of("sqs:SendMessage"))
                .resources(
                        operations.stream()
                                .filter(Settings::isOrdered)
                                .map(operation ->
                                        "arn:aws:sqs:%s:%s:%s"
                                                .formatted(
                                                        getRegion(),
                                                        getAccount(),
                                                        settings.queueName(operation)))
                                .toList())
                .build();
    }

    private PolicyStatement useOfKey(String id) {
        return statement(
                List.of("kms:Decrypt", "kms:GenerateDataKey"),
                around.keys().data(this, id).getKeyArn());
    }

    private static PolicyStatement statement(List<String> actions, String resource) {
        return PolicyStatement.Builder.create()
                .actions(actions)
                .resources(List.of(resource))
                .build();
    }

    private static Map<String, PolicyDocument> policy(PolicyStatement... statements) {
        return Map.of(
                "dispatch",
                PolicyDocument.Builder.create().statements(List.of(statements)).build());
    }

    private String undelivered() {
        return around.events().undelivered().getQueueArn();
    }

    // The scheduler hands over and does not wait; from there the service tries by these rules.
    private void once(Function function, int retries, int oldestSeconds) {
        var config =
                CfnEventInvokeConfig.Builder.create(this, function.getNode().getId() + "-Tries")
                        .functionName(function.getFunctionName())
                        .qualifier("$LATEST")
                        .maximumRetryAttempts(retries)
                        .maximumEventAgeInSeconds(oldestSeconds);
        if (retries > 0) {
            config.destinationConfig(
                    CfnEventInvokeConfig.DestinationConfigProperty.builder()
                            .onFailure(
                                    CfnEventInvokeConfig.OnFailureProperty.builder()
                                            .destination(undelivered())
                                            .build())
                            .build());
        }
        config.build();
    }
}
