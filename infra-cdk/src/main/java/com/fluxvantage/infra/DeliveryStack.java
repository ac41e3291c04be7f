package com.fluxvantage.infra;

import com.fluxvantage.kernel.operation.Operation;

import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.codedeploy.CfnApplication;
import software.amazon.awscdk.services.codedeploy.CfnDeploymentGroup;
import software.amazon.awscdk.services.iam.PolicyDocument;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.constructs.Construct;

import java.util.List;
import java.util.Map;

/**
 * What turns a bad version back: for each operation an alarm on failing calls, and the deployment
 * group that gives a new version a tenth of the calls for five minutes and ends it when the alarm
 * goes off. It stands before the domains, whose aliases name the groups.
 */
final class DeliveryStack extends Stack {
    /** A few calls may fail for a reason of their own; a broken version fails all of them. */
    private static final int FAILING_CALLS = 3;

    private final Settings settings;

    DeliveryStack(
            Construct scope,
            Settings settings,
            List<Operation<?, ?>> operations,
            EventsStack events) {
        super(scope, settings.stackName("delivery"));
        this.settings = settings;
        var metrics = new Metrics(settings);
        var alarms = new Alarms(this, settings, events.alarms());
        operations.forEach(operation ->
                alarms.add(
                        alarmName(operation),
                        "an-operation-fails",
                        "Calls of " + operation.name() + " fail.",
                        metrics.fails(operation),
                        FAILING_CALLS,
                        1));
        if (settings.canary()) {
            var application =
                    CfnApplication.Builder.create(this, "Application")
                            .applicationName(settings.prefix())
                            .computePlatform("Lambda")
                            .build();
            var role = role();
            for (var operation : operations) {
                group(operation, role).getNode().addDependency(application);
            }
        }
    }

    private static String alarmName(Operation<?, ?> operation) {
        return operation.name() + "-fails";
    }

    private CfnDeploymentGroup group(Operation<?, ?> operation, Role role) {
        return CfnDeploymentGroup.Builder.create(this, operation.name())
                .applicationName(settings.prefix())
                .deploymentGroupName(operation.name())
                .serviceRoleArn(role.getRoleArn())
                .deploymentConfigName("CodeDeployDefault.LambdaCanary10Percent5Minutes")
                .deploymentStyle(
                        CfnDeploymentGroup.DeploymentStyleProperty.builder()
                                .deploymentOption("WITH_TRAFFIC_CONTROL")
                                .deploymentType("BLUE_GREEN")
                                .build())
                .alarmConfiguration(
                        CfnDeploymentGroup.AlarmConfigurationProperty.builder()
                                .enabled(true)
                                .alarms(
                                        List.of(
                                                CfnDeploymentGroup.AlarmProperty.builder()
                                                        .name(
                                                                settings.prefix()
                                                                        + "-"
                                                                        + alarmName(operation))
                                                        .build()))
                                .build())
                .autoRollbackConfiguration(
                        CfnDeploymentGroup.AutoRollbackConfigurationProperty.builder()
                                .enabled(true)
                                .events(
                                        List.of(
                                                "DEPLOYMENT_FAILURE",
                                                "DEPLOYMENT_STOP_ON_ALARM",
                                                "DEPLOYMENT_STOP_ON_REQUEST"))
                                .build())
                .build();
    }

    private Role role() {
        var role =
                Role.Builder.create(this, "Role")
                        .description("Moves the aliases of the operations")
                        .assumedBy(new ServicePrincipal("codedeploy.amazonaws.com"))
                        .inlinePolicies(
                                Map.of(
                                        "deploys",
                                        PolicyDocument.Builder.create()
                                                .statements(List.of(movesAliases(), seesAlarms()))
                                                .build()))
                        .build();
        Findings.accept(
                role,
                "AwsSolutions-IAM5",
                "The aliases of this deployment's functions, and alarms, which cannot be told"
                        + " apart in that right.");
        return role;
    }

    private PolicyStatement movesAliases() {
        return PolicyStatement.Builder.create()
                .actions(List.of("lambda:GetAlias", "lambda:UpdateAlias"))
                .resources(
                        List.of(
                                "arn:aws:lambda:%s:%s:function:%s-*"
                                        .formatted(getRegion(), getAccount(), settings.prefix())))
                .build();
    }

    private static PolicyStatement seesAlarms() {
        return PolicyStatement.Builder.create()
                .actions(List.of("cloudwatch:DescribeAlarms"))
                .resources(List.of("*"))
                .build();
    }
}
