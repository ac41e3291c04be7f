package com.fluxvantage.infra;

import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Trigger;

import software.amazon.awscdk.Annotations;
import software.amazon.awscdk.CfnCodeDeployLambdaAliasUpdate;
import software.amazon.awscdk.CfnUpdatePolicy;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.iam.PolicyDocument;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.lambda.Alias;
import software.amazon.awscdk.services.lambda.Architecture;
import software.amazon.awscdk.services.lambda.CfnAlias;
import software.amazon.awscdk.services.lambda.Code;
import software.amazon.awscdk.services.lambda.Function;
import software.amazon.awscdk.services.lambda.Runtime;
import software.amazon.awscdk.services.lambda.SnapStartConf;
import software.amazon.awscdk.services.logs.LogGroup;
import software.constructs.Construct;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One operation in the cloud: a function that is configured for it alone, a role of its own with
 * what its descriptor declares, an encrypted log that expires, and the alias through which it is
 * called.
 */
final class OperationResources extends Construct {
    private static final String HANDLER =
            "org.springframework.cloud.function.adapter.aws.FunctionInvoker::handleRequest";
    private static final String APPLICATION = "com.fluxvantage.runtime.FunctionApplication";

    private final Operation<?, ?> operation;
    private final Surroundings around;
    private final List<CapabilityGrants> grants;
    private final Optional<ConsumerQueue> queue;

    OperationResources(Construct scope, Operation<?, ?> operation, Code code, Surroundings around) {
        super(scope, operation.name());
        this.operation = operation;
        this.around = around;
        this.grants = CapabilityGrants.of(operation, around.settings(), around.keys());
        this.queue =
                switch (operation.trigger()) {
                    case Trigger.Schedule _, Trigger.Event _ ->
                            Optional.of(new ConsumerQueue(this, operation, around));
                    case Trigger.Http _, Trigger.Authorizer _ -> Optional.empty();
                };
        var settings = around.settings();
        String name = settings.functionName(operation);
        var log = LogGroups.make(this, "Log", "/aws/lambda/" + name, settings, around.keys());
        var function =
                Function.Builder.create(this, "Function")
                        .functionName(name)
                        .description(operation.summary())
                        .runtime(Runtime.JAVA_25)
                        .architecture(Architecture.ARM_64)
                        .snapStart(SnapStartConf.ON_PUBLISHED_VERSIONS)
                        .code(code)
                        .handler(HANDLER)
                        .memorySize(settings.memoryMegabytes())
                        .timeout(Duration.millis(operation.timeLimit().toMillis()))
                        .environment(environment())
                        .environmentEncryption(around.keys().data(this))
                        .logGroup(log)
                        .role(role(log));
        around.network().ifPresent(network -> place(function, network));
        var made = function.build();
        Annotations.of(made)
                .acknowledgeWarning(
                        "@aws-cdk/aws-lambda:snapStartRequirePublish",
                        "It is called through an alias on a published version.");
        var alias = alias(made);
        queue.ifPresent(it -> it.feed(alias));
    }

    private void place(Function.Builder function, NetworkStack network) {
        boolean reachesOut = grants.stream().anyMatch(CapabilityGrants::reachesOut);
        function.vpc(network.vpc())
                .vpcSubnets(reachesOut ? network.subnetsWithWayOut() : network.closedSubnets())
                .securityGroups(List.of(reachesOut ? network.reaching() : network.closed()));
    }

    private Map<String, String> environment() {
        var environment = new TreeMap<String, String>();
        environment.put("MAIN_CLASS", APPLICATION);
        environment.put("FV_OPERATION", operation.name());
        environment.put("FV_DATABASE_URL", around.database().url());
        environment.put("FV_DATABASE_LOGIN", around.database().login());
        // To the database, and wherever else the function may go.
        environment.put("JAVA_TOOL_OPTIONS", "-Djdk.tls.client.protocols=TLSv1.3");
        switch (operation.trigger()) {
            case Trigger.Http _ ->
                    environment.put("FV_PLATFORM_SECRET", around.keys().platformSecret());
            case Trigger.Authorizer _, Trigger.Schedule _, Trigger.Event _ -> {}
        }
        grants.forEach(grant -> environment.putAll(grant.environment()));
        return environment;
    }

    private Role role(LogGroup log) {
        var statements = new ArrayList<PolicyStatement>();
        statements.add(
                PolicyStatement.Builder.create()
                        .actions(List.of("logs:CreateLogStream", "logs:PutLogEvents"))
                        .resources(List.of(log.getLogGroupArn()))
                        .build());
        around.database().proxyId().ifPresent(proxy -> statements.add(logsInto(proxy)));
        var role =
                Role.Builder.create(this, "Role")
                        .description("What " + operation.name() + " may do")
                        .assumedBy(new ServicePrincipal("lambda.amazonaws.com"));
        if (around.network().isPresent()) {
            statements.addAll(
                    NetworkInterfaces.statements(
                            Stack.of(this), around.settings().functionName(operation)));
        }
        grants.forEach(grant -> statements.addAll(grant.rights()));
        queue.ifPresent(it -> statements.addAll(it.rights()));
        var made =
                role.inlinePolicies(
                                Map.of(
                                        "operation",
                                        PolicyDocument.Builder.create()
                                                .statements(statements)
                                                .build()))
                        .build();
        if (around.network().isPresent()) {
            NetworkInterfaces.accept(made);
        }
        boolean reachesWhatHasAPrefix =
                grants.stream()
                        .flatMap(grant -> grant.rights().stream())
                        .flatMap(right -> right.getResources().stream())
                        .anyMatch(resource -> resource.endsWith("*"));
        if (reachesWhatHasAPrefix) {
            Findings.accept(
                    made,
                    "AwsSolutions-IAM5",
                    "Objects of tenants and templates of letters are made under one prefix each;"
                            + " nothing outside of it is reached.");
        }
        return made;
    }

    private PolicyStatement logsInto(String proxyId) {
        var stack = Stack.of(this);
        return PolicyStatement.Builder.create()
                .actions(List.of("rds-db:connect"))
                .resources(
                        operation.databaseRoles().stream()
                                .map(role ->
                                        "arn:aws:rds-db:"
                                                + stack.getRegion()
                                                + ":"
                                                + stack.getAccount()
                                                + ":dbuser:"
                                                + proxyId
                                                + "/"
                                                + role)
                                .toList())
                .build();
    }

    private Alias alias(Function function) {
        var alias =
                Alias.Builder.create(this, "Alias")
                        .aliasName(Settings.ALIAS)
                        .version(function.getCurrentVersion())
                        .build();
        if (around.settings().canary()) {
            ((CfnAlias) Objects.requireNonNull(alias.getNode().getDefaultChild()))
                    .getCfnOptions()
                    .setUpdatePolicy(
                            CfnUpdatePolicy.builder()
                                    .codeDeployLambdaAliasUpdate(
                                            CfnCodeDeployLambdaAliasUpdate.builder()
                                                    .applicationName(around.settings().prefix())
                                                    .deploymentGroupName(operation.name())
                                                    .build())
                                    .build());
        }
        return alias;
    }
}
