package com.fluxvantage.templates;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.templates.Cloud.Resource;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

@ReadsTemplates
class EverythingIsEncryptedTest {
    /** What holds something, and where its key is named. */
    private static final Map<String, List<String>> HOLD =
            Map.ofEntries(
                    Map.entry("AWS::Events::EventBus", List.of("KmsKeyIdentifier")),
                    Map.entry("AWS::Lambda::Function", List.of("KmsKeyArn")),
                    Map.entry("AWS::Logs::LogGroup", List.of("KmsKeyId")),
                    Map.entry("AWS::RDS::DBCluster", List.of("KmsKeyId")),
                    Map.entry("AWS::RDS::DBInstance", List.of("PerformanceInsightsKMSKeyId")),
                    Map.entry(
                            "AWS::S3::Bucket",
                            List.of(
                                    "BucketEncryption/ServerSideEncryptionConfiguration/0/ServerSideEncryptionByDefault/KMSMasterKeyID")),
                    Map.entry("AWS::SNS::Topic", List.of("KmsMasterKeyId")),
                    Map.entry("AWS::SQS::Queue", List.of("KmsMasterKeyId")),
                    Map.entry("AWS::Scheduler::Schedule", List.of("KmsKeyArn")),
                    Map.entry("AWS::SecretsManager::Secret", List.of("KmsKeyId")),
                    Map.entry(
                            "AWS::StepFunctions::StateMachine",
                            List.of("EncryptionConfiguration/KmsKeyId")));

    /**
     * What holds nothing of anybody. A type in neither list is a finding: somebody has to decide.
     */
    private static final Set<String> HOLD_NOTHING =
            Set.of(
                    "AWS::ApiGateway::Account",
                    "AWS::ApiGateway::BasePathMapping",
                    "AWS::ApiGateway::Deployment",
                    "AWS::ApiGateway::DomainName",
                    "AWS::ApiGateway::RestApi",
                    "AWS::ApiGateway::Stage",
                    "AWS::CloudWatch::Alarm",
                    "AWS::CloudWatch::Dashboard",
                    "AWS::CodeDeploy::Application",
                    "AWS::CodeDeploy::DeploymentGroup",
                    "AWS::EC2::EIP",
                    "AWS::EC2::FlowLog",
                    "AWS::EC2::InternetGateway",
                    "AWS::EC2::NatGateway",
                    "AWS::EC2::Route",
                    "AWS::EC2::RouteTable",
                    "AWS::EC2::SecurityGroup",
                    "AWS::EC2::SecurityGroupEgress",
                    "AWS::EC2::SecurityGroupIngress",
                    "AWS::EC2::Subnet",
                    "AWS::EC2::SubnetRouteTableAssociation",
                    "AWS::EC2::VPC",
                    "AWS::EC2::VPCEndpoint",
                    "AWS::EC2::VPCGatewayAttachment",
                    "AWS::Events::Rule",
                    "AWS::IAM::Policy",
                    "AWS::IAM::Role",
                    "AWS::KMS::Alias",
                    "AWS::KMS::Key",
                    "AWS::Lambda::Alias",
                    "AWS::Lambda::EventInvokeConfig",
                    "AWS::Lambda::EventSourceMapping",
                    "AWS::Lambda::Permission",
                    "AWS::Lambda::Version",
                    "AWS::Logs::MetricFilter",
                    "AWS::RDS::DBClusterParameterGroup",
                    "AWS::RDS::DBProxy",
                    "AWS::RDS::DBProxyTargetGroup",
                    "AWS::RDS::DBSubnetGroup",
                    "AWS::S3::BucketPolicy",
                    "AWS::SES::Template",
                    "AWS::SNS::TopicPolicy",
                    "AWS::SQS::QueuePolicy",
                    "AWS::Scheduler::ScheduleGroup",
                    "AWS::SecretsManager::SecretTargetAttachment",
                    "AWS::WAFv2::WebACL",
                    "AWS::WAFv2::WebACLAssociation",
                    "Custom::Migration");

    @Test
    void whatever_holds_something_is_encrypted_with_a_key_of_ours() {
        assertThat(findings(Cloud.synthesised())).isEmpty();
    }

    @Test
    void finds_a_queue_under_the_providers_key() {
        var spoilt =
                Cloud.synthesised()
                        .with("AWS::SQS::Queue", it -> it.put("KmsMasterKeyId", "alias/aws/sqs"));

        assertThat(findings(spoilt)).hasSize(1);
    }

    @Test
    void finds_a_log_under_no_key() {
        var spoilt = Cloud.synthesised().with("AWS::Logs::LogGroup", it -> it.remove("KmsKeyId"));

        assertThat(findings(spoilt)).hasSize(1);
    }

    @Test
    void finds_a_kind_of_resource_that_nobody_has_thought_about() {
        assertThat(findings(Cloud.synthesised().with("data", "AWS::DynamoDB::Table", "{}")))
                .hasSize(1);
    }

    @Test
    void a_key_turns_every_year_and_waits_a_month_before_it_is_gone() {
        assertThat(keys(Cloud.synthesised())).isEmpty();
    }

    @Test
    void finds_a_key_that_is_gone_in_a_week() {
        assertThat(
                        keys(
                                Cloud.synthesised()
                                        .with(
                                                "AWS::KMS::Key",
                                                key -> key.put("PendingWindowInDays", 7))))
                .hasSize(1);
    }

    @Test
    void the_tenants_secrets_open_to_nobody_who_does_not_say_whose_they_are() {
        assertThat(withoutTenant(Cloud.synthesised())).isEmpty();
    }

    @Test
    void finds_that_a_secret_opens_without_saying_whose_it_is() {
        var cloud = Cloud.synthesised();
        var spoilt =
                cloud.with(
                        tenantSecrets(cloud),
                        key -> ((ObjectNode) key.path("KeyPolicy")).putArray("Statement"));

        assertThat(withoutTenant(spoilt)).hasSize(1);
    }

    private static List<String> findings(Cloud cloud) {
        var findings = new ArrayList<String>();
        cloud.resources()
                .forEach(resource -> {
                    var keys = HOLD.get(resource.type());
                    if (keys != null) {
                        keys.stream()
                                .filter(key -> !isOurs(resource, key, cloud))
                                .forEach(key -> findings.add(resource + " has no key in " + key));
                    } else if (!HOLD_NOTHING.contains(resource.type())) {
                        findings.add(resource + " may hold something: " + resource.type());
                    }
                });
        return findings;
    }

    private static boolean isOurs(Resource resource, String key, Cloud cloud) {
        var value = resource.property(key);
        if (resource.stack().endsWith("-keys")) {
            return cloud.of(resource, value).type().equals("AWS::KMS::Key");
        }
        return value.path("Fn::ImportValue").asString("").matches("fv-production-keys:.*Arn.*");
    }

    private static List<String> keys(Cloud cloud) {
        return cloud.resources("AWS::KMS::Key")
                .filter(key ->
                        // A key that signs cannot turn: what it signed would be nobody's.
                        key.property("EnableKeyRotation").asBoolean(false) == Cloud.isSigning(key)
                                || key.property("PendingWindowInDays").asInt(0) != 30)
                .map(key -> key + " goes too soon, or never turns")
                .toList();
    }

    private static List<String> withoutTenant(Cloud cloud) {
        boolean denied =
                tenantSecrets(cloud)
                        .property("KeyPolicy/Statement")
                        .valueStream()
                        .anyMatch(statement ->
                                statement.path("Effect").asString().equals("Deny")
                                        && statement.toString().contains("kms:Decrypt")
                                        && statement
                                                .at("/Condition/Null")
                                                .path("kms:EncryptionContext:tenant")
                                                .asString("")
                                                .equals("true"));
        return denied ? List.of() : List.of("a tenant's secret opens without its tenant");
    }

    private static Resource tenantSecrets(Cloud cloud) {
        return cloud.resources("AWS::KMS::Key")
                .filter(key -> key.id().startsWith("tenantsecrets"))
                .findFirst()
                .orElseThrow();
    }
}
