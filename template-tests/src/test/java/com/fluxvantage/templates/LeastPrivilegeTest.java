package com.fluxvantage.templates;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.operation.Capability;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Trigger;
import com.fluxvantage.kernel.outside.Bucket;
import com.fluxvantage.kernel.outside.SecretContext;
import com.fluxvantage.kernel.outside.SigningPurpose;
import com.fluxvantage.runtime.OperationCatalog;
import com.fluxvantage.templates.Cloud.Resource;
import com.fluxvantage.templates.Statements.Statement;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.stream.Stream;

@ReadsTemplates
class LeastPrivilegeTest {
    @Test
    void no_role_may_do_everything_or_anything_on_everything_without_a_written_reason() {
        assertThat(wildcards(Cloud.synthesised())).isEmpty();
    }

    @Test
    void finds_a_service_opened_with_a_star() {
        assertThat(wildcards(allowing("s3:*", "arn:aws:s3:::exports"))).hasSize(1);
    }

    @Test
    void finds_a_right_on_everything_without_a_reason() {
        assertThat(wildcards(allowing("s3:GetObject", "*"))).hasSize(1);
    }

    @Test
    void finds_a_policy_that_the_provider_wrote() {
        var spoilt =
                Cloud.synthesised()
                        .with(
                                "keys",
                                "AWS::IAM::Role",
                                """
                                {"ManagedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"]}
                                """);

        assertThat(wildcards(spoilt)).hasSize(1);
    }

    @Test
    void every_operation_may_write_its_log_and_log_in_as_its_descriptor_says_and_no_more() {
        assertThat(beyondTheDescriptor(Cloud.synthesised())).isEmpty();
    }

    @Test
    void finds_an_operation_that_logs_in_as_another_role() {
        var role = roleOf("receive-line", Cloud.synthesised());
        var spoilt =
                Cloud.synthesised()
                        .with(
                                role,
                                properties ->
                                        ((ObjectNode)
                                                        properties.at(
                                                                "/Policies/0/PolicyDocument/Statement/1"))
                                                .put(
                                                        "Resource",
                                                        "arn:aws:rds-db:::dbuser:x/fv_platform"));

        assertThat(beyondTheDescriptor(spoilt)).singleElement().asString().contains("receive-line");
    }

    @Test
    void finds_an_operation_with_one_right_more() {
        var role = roleOf("receive-line", Cloud.synthesised());
        var spoilt =
                Cloud.synthesised()
                        .with(
                                role,
                                properties ->
                                        ((ObjectNode)
                                                        properties.at(
                                                                "/Policies/0/PolicyDocument/Statement/0"))
                                                .putArray("Action")
                                                .add("logs:CreateLogStream")
                                                .add("logs:PutLogEvents")
                                                .add("logs:DeleteLogGroup"));

        assertThat(beyondTheDescriptor(spoilt)).singleElement().asString().contains("receive-line");
    }

    @Test
    void no_two_functions_share_a_role() {
        assertThat(shared(Cloud.synthesised())).isEmpty();
    }

    @Test
    void finds_two_functions_with_one_role() {
        var cloud = Cloud.synthesised();
        var other = cloud.function("open-receipt").property("Role");

        assertThat(
                        shared(
                                cloud.with(
                                        cloud.function("receive-line"),
                                        properties -> properties.set("Role", other))))
                .hasSize(1);
    }

    private static Cloud allowing(String action, String resource) {
        return Cloud.synthesised()
                .with(
                        "keys",
                        "AWS::IAM::Policy",
                        """
                        {"PolicyDocument": {"Statement": [
                            {"Effect": "Allow", "Action": "%s", "Resource": "%s"}]}}
                        """
                                .formatted(action, resource));
    }

    private static List<String> wildcards(Cloud cloud) {
        var findings = new ArrayList<String>();
        Statements.of(cloud)
                .filter(Statement::allows)
                .forEach(statement -> {
                    if (statement.actions().stream().anyMatch(it -> it.contains("*"))) {
                        findings.add("every action: " + statement);
                    }
                    if (statement.resources().stream().anyMatch(it -> it.endsWith("*"))
                            && !hasReason(statement.holder(), "AwsSolutions-IAM5")) {
                        findings.add("everything: " + statement);
                    }
                });
        cloud.resources("AWS::IAM::Role")
                .filter(role -> !role.property("ManagedPolicyArns").isMissingNode())
                .filter(role -> !hasReason(role, "AwsSolutions-IAM4"))
                .forEach(role -> findings.add("a policy of the provider's: " + role));
        return findings;
    }

    private static boolean hasReason(Resource holder, String rule) {
        return holder.json()
                .at("/Metadata/cdk_nag/rules_to_suppress")
                .valueStream()
                .anyMatch(it ->
                        it.path("id").asString().equals(rule)
                                && it.path("reason").asString("").length() > 20);
    }

    private static List<String> beyondTheDescriptor(Cloud cloud) {
        var findings = new ArrayList<String>();
        for (var operation : OperationCatalog.load().all()) {
            var found =
                    Statements.of(roleOf(operation.name(), cloud))
                            .filter(Statement::allows)
                            .flatMap(LeastPrivilegeTest::lines)
                            .sorted()
                            .toList();
            var wanted = expected(operation).sorted().toList();
            if (!found.equals(wanted)) {
                findings.add(operation + " may do " + found + " and needs " + wanted);
            }
        }
        return findings;
    }

    private static Stream<String> expected(Operation<?, ?> operation) {
        return Stream.of(
                        always(operation),
                        ofTrigger(operation),
                        operation.capabilities().stream().flatMap(LeastPrivilegeTest::expected))
                .flatMap(it -> it);
    }

    private static Stream<String> expected(Capability capability) {
        return switch (capability) {
            case Capability.ReachesIdentityProvider _,
                    Capability.ReadsProofKey _,
                    Capability.LogsInAs _,
                    Capability.PostsWebhooks _,
                    Capability.AsksCarriers _,
                    Capability.CallsShops _ ->
                    Stream.of();
            case Capability.Signs(var purpose) ->
                    Stream.of(
                            "kms:GetPublicKey on " + purpose.publicName(),
                            "kms:Sign on " + purpose.publicName());
            case Capability.StoresObjects(var bucket) ->
                    Stream.of(
                            "kms:Decrypt on the key by S3",
                            "kms:GenerateDataKey on the key by S3",
                            "s3:DeleteObject on tenants in " + bucket.publicName(),
                            "s3:DeleteObjectVersion on tenants in " + bucket.publicName(),
                            "s3:GetObject on tenants in " + bucket.publicName(),
                            "s3:ListBucket on " + bucket.publicName(),
                            "s3:ListBucketVersions on " + bucket.publicName(),
                            "s3:PutObject on tenants in " + bucket.publicName());
            case Capability.KeepsObjects(var bucket) ->
                    Stream.of(
                            "kms:Decrypt on the key by S3",
                            "kms:GenerateDataKey on the key by S3",
                            "s3:GetObject on tenants in " + bucket.publicName(),
                            "s3:ListBucket on " + bucket.publicName(),
                            "s3:PutObject on tenants in " + bucket.publicName(),
                            "s3:PutObjectRetention on tenants in " + bucket.publicName(),
                            "s3:PutObjectTagging on tenants in " + bucket.publicName());
            case Capability.LinksObjects(var bucket) ->
                    Stream.of(
                            "kms:Decrypt on the key by S3",
                            "s3:GetObject on tenants in " + bucket.publicName());
            case Capability.SeesBackups _ ->
                    Stream.of(
                            "rds:DescribeDBClusterSnapshots on its cluster",
                            "rds:DescribeDBClusterSnapshots on its snapshots",
                            "rds:DescribeDBClusters on its cluster");
            case Capability.SendsMail _ ->
                    Stream.of("ses:SendEmail on its domain", "ses:SendEmail on its templates");
            case Capability.SealsSecrets(var purpose) ->
                    Stream.of("kms:GenerateDataKey on secrets for " + purpose.publicName());
            case Capability.OpensSecrets(var purpose) ->
                    Stream.of("kms:Decrypt on secrets for " + purpose.publicName());
        };
    }

    private static Stream<String> ofTrigger(Operation<?, ?> operation) {
        return switch (operation.trigger()) {
            case Trigger.Schedule _, Trigger.Event _ ->
                    Stream.of(
                            "kms:Decrypt on the key",
                            "sqs:DeleteMessage on its queue",
                            "sqs:GetQueueAttributes on its queue",
                            "sqs:ReceiveMessage on its queue");
            case Trigger.Http _, Trigger.Authorizer _ -> Stream.of();
        };
    }

    private static Stream<String> always(Operation<?, ?> operation) {
        return Stream.concat(
                operation.databaseRoles().stream().map("rds-db:connect on /"::concat),
                Stream.of(
                        "ec2:AssignPrivateIpAddresses on *",
                        "ec2:CreateNetworkInterface on *",
                        "ec2:DeleteNetworkInterface on *",
                        "ec2:DescribeNetworkInterfaces on *",
                        "ec2:DescribeSubnets on *",
                        "ec2:UnassignPrivateIpAddresses on *",
                        "logs:CreateLogStream on its log",
                        "logs:PutLogEvents on its log"));
    }

    private static Stream<String> lines(Statement statement) {
        String purpose =
                statement
                        .json()
                        .at("/Condition/StringEquals")
                        .path("kms:EncryptionContext:purpose")
                        .asString("");
        if (!purpose.isEmpty() && isWhole(statement)) {
            return statement.actions().stream()
                    .flatMap(action ->
                            statement.resources().stream()
                                    .map(resource ->
                                            action
                                                    + " on "
                                                    + (resource.contains("tenantsecrets")
                                                            ? "secrets"
                                                            : resource)
                                                    + " for "
                                                    + purpose));
        }
        String through =
                statement
                                .json()
                                .at("/Condition/StringEquals")
                                .path("kms:ViaService")
                                .toString()
                                .contains("s3.")
                        ? " by S3"
                        : "";
        return statement.actions().stream()
                .flatMap(action ->
                        statement.resources().stream()
                                .map(resource ->
                                        action + " on " + brief(action, resource) + through));
    }

    // Each part of the context has to be there, and no other may.
    private static boolean isWhole(Statement statement) {
        var condition = statement.json().path("Condition");
        var allowed =
                condition
                        .path("ForAllValues:StringEquals")
                        .path("kms:EncryptionContextKeys")
                        .valueStream()
                        .map(JsonNode::asString)
                        .toList();
        var needed =
                SecretContext.KEYS.stream()
                        .filter(it ->
                                condition
                                        .path("Null")
                                        .path("kms:EncryptionContext:" + it)
                                        .asString("")
                                        .equals("false"))
                        .toList();
        return allowed.size() == SecretContext.KEYS.size()
                && SecretContext.KEYS.containsAll(allowed)
                && needed.size() == SecretContext.KEYS.size();
    }

    private static String brief(String action, String resource) {
        if (action.startsWith("kms:")) {
            return Stream.of(SigningPurpose.values())
                    .map(SigningPurpose::publicName)
                    .filter(it -> resource.contains(it.replace("-", "")))
                    .findFirst()
                    .orElse(resource.contains("GetAttdata") ? "the key" : resource);
        }
        if (action.startsWith("s3:")) {
            return Stream.of(Bucket.values())
                    .map(Bucket::publicName)
                    .filter(it -> resource.startsWith("arn:aws:s3:::fv-production-" + it + "-"))
                    .map(it -> (resource.endsWith("/t/*") ? "tenants in " : "") + it)
                    .findFirst()
                    .orElse(resource);
        }
        if (action.startsWith("ses:")) {
            return resource.contains(":identity/api.example.com")
                    ? "its domain"
                    : resource.endsWith(":template/fv-production-*") ? "its templates" : resource;
        }
        if (action.startsWith("rds:")) {
            return resource.contains(":cluster:fv-production")
                    ? "its cluster"
                    : resource.contains(":cluster-snapshot:*") ? "its snapshots" : resource;
        }
        if (action.startsWith("rds-db:")) {
            return resource.substring(resource.lastIndexOf('/'));
        }
        // A queue of the same stack whose construct bears no other name is the operation's own.
        if (action.startsWith("sqs:")) {
            return resource.matches("<\\{\"Fn::GetAtt\":\\[\"\\w+ConsumerQueue\\w+\",\"Arn\"]}>")
                    ? "its queue"
                    : resource;
        }
        return action.startsWith("logs:") && resource.contains("Log") ? "its log" : resource;
    }

    private static Resource roleOf(String operation, Cloud cloud) {
        var function = cloud.function(operation);
        return cloud.of(function, function.property("Role"));
    }

    private static List<String> shared(Cloud cloud) {
        var holders = new HashMap<String, String>();
        var findings = new ArrayList<String>();
        cloud.resources("AWS::Lambda::Function")
                .forEach(function -> {
                    var role = cloud.of(function, function.property("Role"));
                    var other = holders.put(role.toString(), function.toString());
                    if (other != null) {
                        findings.add(function + " and " + other + " share " + role);
                    }
                });
        return findings;
    }
}
