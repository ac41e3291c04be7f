package com.fluxvantage.templates;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.templates.Cloud.Resource;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Keys, events and domains go to an emulator as they are, and hold nothing that it refuses. */
@ReadsTemplates
class EmulatorTest {
    private static final Set<String> ACCEPTED =
            Set.of(
                    "AWS::Events::EventBus",
                    "AWS::IAM::Role",
                    "AWS::KMS::Alias",
                    "AWS::KMS::Key",
                    "AWS::Lambda::Alias",
                    "AWS::Lambda::Function",
                    "AWS::Lambda::Version",
                    "AWS::Logs::LogGroup",
                    "AWS::SNS::Topic",
                    "AWS::SNS::TopicPolicy",
                    "AWS::SQS::Queue",
                    "AWS::SQS::QueuePolicy",
                    "AWS::Scheduler::ScheduleGroup",
                    "AWS::SecretsManager::Secret");

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
