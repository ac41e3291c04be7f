package com.fluxvantage.infra;

import software.amazon.awscdk.CustomResource;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.iam.PolicyDocument;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.lambda.Architecture;
import software.amazon.awscdk.services.lambda.CfnEventInvokeConfig;
import software.amazon.awscdk.services.lambda.Function;
import software.amazon.awscdk.services.lambda.Runtime;
import software.constructs.Construct;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Brings the database up to date before any function that needs it, and fails the deployment if it
 * cannot. It runs again whenever its code or the key of proofs has changed.
 */
final class MigrationStack extends Stack {
    private static final String HANDLER =
            "com.fluxvantage.migrations.MigrationFunction::handleRequest";

    /** The longest that a function may run; a longer migration is done by hand, in parts. */
    private static final Duration LIMIT = Duration.minutes(15);

    MigrationStack(
            Construct scope,
            Settings settings,
            Zips zips,
            NetworkStack network,
            DataStack data,
            KeysStack keys,
            EventsStack events) {
        super(scope, settings.stackName("migration"));
        String name = settings.prefix() + "-migrate";
        var log = LogGroups.make(this, "Log", "/aws/lambda/" + name, settings, keys);
        var statements = new ArrayList<PolicyStatement>();
        statements.add(
                PolicyStatement.Builder.create()
                        .actions(List.of("logs:CreateLogStream", "logs:PutLogEvents"))
                        .resources(List.of(log.getLogGroupArn()))
                        .build());
        statements.addAll(NetworkInterfaces.statements(this, name));
        statements.add(
                PolicyStatement.Builder.create()
                        .actions(List.of("sqs:SendMessage"))
                        .resources(List.of(events.undelivered().getQueueArn()))
                        .build());
        var key = keys.data(this);
        statements.add(
                PolicyStatement.Builder.create()
                        .actions(List.of("kms:Decrypt", "kms:GenerateDataKey"))
                        .resources(List.of(key.getKeyArn()))
                        .build());
        var role =
                Role.Builder.create(this, "Role")
                        .description("What the migration may do")
                        .assumedBy(new ServicePrincipal("lambda.amazonaws.com"))
                        .inlinePolicies(
                                Map.of(
                                        "migration",
                                        PolicyDocument.Builder.create()
                                                .statements(statements)
                                                .build()))
                        .build();
        var function =
                Function.Builder.create(this, "Function")
                        .functionName(name)
                        .description("Applies what is missing in the database")
                        .runtime(Runtime.JAVA_25)
                        .architecture(Architecture.ARM_64)
                        .code(zips.ofMigrations())
                        .handler(HANDLER)
                        .memorySize(settings.memoryMegabytes())
                        .timeout(LIMIT)
                        .environment(
                                Map.of(
                                        "FV_DATABASE_URL", data.ownersUrl(),
                                        "FV_DATABASE_PASSWORD", data.ownersPassword(),
                                        "FV_PROOF_KEY_ID", settings.caller().proofKeyId(),
                                        "FV_PROOF_KEY", keys.proofKey(),
                                        "JAVA_TOOL_OPTIONS", "-Djdk.tls.client.protocols=TLSv1.3"))
                        .environmentEncryption(key)
                        .logGroup(log)
                        .role(role)
                        .vpc(network.vpc())
                        .vpcSubnets(network.closedSubnets())
                        .securityGroups(List.of(network.migrator()))
                        .build();
        // CloudFormation calls without waiting for the answer, and the service would try again.
        CfnEventInvokeConfig.Builder.create(this, "OnceOnly")
                .functionName(function.getFunctionName())
                .qualifier("$LATEST")
                .maximumRetryAttempts(0)
                .destinationConfig(
                        CfnEventInvokeConfig.DestinationConfigProperty.builder()
                                .onFailure(
                                        CfnEventInvokeConfig.OnFailureProperty.builder()
                                                .destination(events.undelivered().getQueueArn())
                                                .build())
                                .build())
                .build();
        NetworkInterfaces.accept(role);
        CustomResource.Builder.create(this, "Migrated")
                .resourceType("Custom::Migration")
                .serviceToken(function.getFunctionArn())
                .serviceTimeout(LIMIT)
                .properties(
                        Map.of(
                                // A new version of the function is a new reason to run.
                                "Version", function.getCurrentVersion().getVersion(),
                                "ProofKeyId", settings.caller().proofKeyId()))
                .build();
    }
}
