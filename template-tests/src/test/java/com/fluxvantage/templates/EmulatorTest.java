package com.fluxvantage.templates;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.templates.Cloud.Resource;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Keys, events and domains go to an emulator as they are, and hold nothing that it refuses. */
@ReadsTemplates
class EmulatorTest {
    private static final Set<String> ACCEPTED =
            Set.of(
                    "AWS::Events::EventBus",
                    "AWS::Events::Rule",
                    "AWS::IAM::Role",
                    "AWS::KMS::Alias",
                    "AWS::KMS::Key",
                    "AWS::Lambda::Alias",
                    "AWS::Lambda::EventInvokeConfig",
                    "AWS::Lambda::EventSourceMapping",
                    "AWS::Lambda::Function",
                    "AWS::Lambda::Version",
                    "AWS::Logs::LogGroup",
                    "AWS::SNS::Topic",
                    "AWS::SNS::TopicPolicy",
                    "AWS::SQS::Queue",
                    "AWS::SQS::QueuePolicy",
                    "AWS::Scheduler::Schedule",
                    "AWS::Scheduler::ScheduleGroup",
                    "AWS::SecretsManager::Secret");

    /** What an emulator takes and does nothing with: that it deployed there shows nothing of it. */
    private static final Map<String, List<String>> DROPPED =
            Map.of(
                    "AWS::Events::EventBus", List.of("DeadLetterConfig/Arn", "KmsKeyIdentifier"),
                    "AWS::KMS::Key", List.of("KeyPolicy/Statement"),
                    "AWS::Lambda::Function", List.of("KmsKeyArn", "LoggingConfig/LogGroup"),
                    "AWS::Logs::LogGroup", List.of("KmsKeyId", "RetentionInDays"),
                    "AWS::SNS::Topic", List.of("KmsMasterKeyId"),
                    "AWS::SQS::Queue", List.of("KmsMasterKeyId", "MessageRetentionPeriod"),
                    "AWS::SecretsManager::Secret", List.of("KmsKeyId"));

    @Test
    void what_an_emulator_drops_is_in_the_templates_that_go_there() {
        assertThat(missing(Cloud.synthesised())).isEmpty();
    }

    @Test
    void finds_what_no_emulator_would_miss() {
        var cloud = Cloud.synthesised();
        var bus =
                cloud.resourcesOf(Cloud.emulator())
                        .filter(it -> it.type().equals("AWS::Events::EventBus"))
                        .findFirst()
                        .orElseThrow();

        assertThat(missing(cloud.with(bus, it -> it.remove("DeadLetterConfig"))))
                .containsExactly(bus + " has no DeadLetterConfig/Arn");
    }

    @Test
    void the_core_holds_nothing_that_an_emulator_refuses() {
        assertThat(refused(Cloud.synthesised())).isEmpty();
    }

    @Test
    void the_core_is_the_same_resources_in_the_cloud_and_in_an_emulator() {
        var cloud = Cloud.synthesised();

        assertThat(
                        core(
                                cloud,
                                Cloud.emulator().prefix(),
                                cloud.resourcesOf(Cloud.emulator()).toList()))
                .isEqualTo(core(cloud, Cloud.production().prefix(), cloud.resources().toList()))
                .isNotEmpty();
    }

    @Test
    void a_function_differs_by_its_network_its_database_and_its_name_alone() {
        var cloud = Cloud.synthesised();
        var there = cloud.function("receive-line").json().path("Properties").deepCopy();
        var here =
                cloud.resourcesOf(Cloud.emulator())
                        .filter(byName("fv-emulator-receive-line"))
                        .findFirst()
                        .orElseThrow()
                        .json()
                        .path("Properties")
                        .deepCopy();

        assertThat(here.has("VpcConfig")).isFalse();
        assertThat(there.has("VpcConfig")).isTrue();
        for (String same :
                List.of("Runtime", "Handler", "SnapStart", "Timeout", "Code", "MemorySize")) {
            assertThat(here.path(same)).as(same).isEqualTo(there.path(same));
        }
        assertThat(here.at("/Environment/Variables").propertyNames())
                .isEqualTo(there.at("/Environment/Variables").propertyNames());
    }

    private static List<String> missing(Cloud cloud) {
        return cloud.resourcesOf(Cloud.emulator())
                .flatMap(it ->
                        dropped(it)
                                .filter(property -> it.property(property).isMissingNode())
                                .map(property -> it + " has no " + property))
                .toList();
    }

    private static Stream<String> dropped(Resource resource) {
        var always = DROPPED.getOrDefault(resource.type(), List.of()).stream();
        if (resource.property("Environment/Variables").has("FV_OPERATION")) {
            return Stream.concat(always, Stream.of("SnapStart/ApplyOn"));
        }
        return resource.type().equals("AWS::KMS::Key") && !Cloud.isSigning(resource)
                ? Stream.concat(always, Stream.of("EnableKeyRotation"))
                : always;
    }

    private static Predicate<Resource> byName(String name) {
        return it -> it.property("FunctionName").asString("").equals(name);
    }

    private static List<String> refused(Cloud cloud) {
        return cloud.resourcesOf(Cloud.emulator())
                .filter(it -> !ACCEPTED.contains(it.type()))
                .map(it -> it + " is " + it.type())
                .toList();
    }

    // A version's name holds a digest of what it is a version of.
    private static List<String> core(Cloud cloud, String prefix, List<Resource> resources) {
        return resources.stream()
                .filter(it ->
                        cloud.templates()
                                .containsKey(
                                        Cloud.emulator().prefix()
                                                + it.stack().substring(prefix.length())))
                .map(it ->
                        it.stack().substring(prefix.length())
                                + " "
                                + it.type()
                                + " "
                                + it.id().replaceAll("CurrentVersion.*", ""))
                .sorted()
                .toList();
    }
}
