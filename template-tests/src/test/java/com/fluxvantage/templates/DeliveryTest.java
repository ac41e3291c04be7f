package com.fluxvantage.templates;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.runtime.OperationCatalog;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

@ReadsTemplates
class DeliveryTest {
    private static final String GROUP = "AWS::CodeDeploy::DeploymentGroup";
    private static final String MACHINE = "AWS::StepFunctions::StateMachine";

    @Test
    void a_new_version_gets_a_tenth_of_the_calls_first_and_is_turned_back_by_an_alarm() {
        assertThat(canaries(Cloud.synthesised())).isEmpty();
    }

    @Test
    void finds_a_group_that_no_alarm_stops() {
        assertThat(canaries(Cloud.synthesised().with(GROUP, it -> it.remove("AlarmConfiguration"))))
                .hasSize(1);
    }

    @Test
    void finds_an_alias_that_moves_at_once() {
        var cloud = Cloud.synthesised();
        var group = cloud.resources(GROUP).findFirst().orElseThrow();

        assertThat(canaries(cloud.without(group))).hasSize(1);
    }

    @Test
    void an_old_version_goes_with_the_deployment_that_replaces_it() {
        assertThat(Cloud.synthesised().resources("AWS::Lambda::Version"))
                .isNotEmpty()
                .allSatisfy(version ->
                        assertThat(version.json().path("DeletionPolicy").asString("Delete"))
                                .isEqualTo("Delete"));
    }

    @Test
    void every_function_is_called_once_a_week_so_that_its_snapshot_stays() {
        assertThat(asleep(Cloud.synthesised())).isEmpty();
    }

    @Test
    void finds_a_function_that_nobody_wakes() {
        var cloud = Cloud.synthesised();
        String all = Statements.text(machine(cloud));

        assertThat(
                        asleep(
                                cloud.with(
                                        MACHINE,
                                        it ->
                                                it.put(
                                                        "DefinitionString",
                                                        all.replace("receive-line:live", "x")))))
                .singleElement()
                .asString()
                .contains("receive-line");
    }

    @Test
    void finds_a_schedule_that_is_too_rare() {
        var cloud = Cloud.synthesised();
        var weekly =
                cloud.resources("AWS::Scheduler::Schedule")
                        .filter(it -> it.property("Name").asString().equals("keep-alive"))
                        .findFirst()
                        .orElseThrow();

        assertThat(
                        asleep(
                                cloud.with(
                                        weekly,
                                        it -> it.put("ScheduleExpression", "cron(0 3 1 * ? *)"))))
                .hasSize(1);
    }

    private static List<String> canaries(Cloud cloud) {
        var findings = new ArrayList<String>();
        var alarms =
                cloud.resources("AWS::CloudWatch::Alarm")
                        .map(it -> it.property("AlarmName").asString(""))
                        .collect(Collectors.toSet());
        var groups =
                cloud.resources(GROUP)
                        .filter(it ->
                                it.property("DeploymentConfigName")
                                        .asString("")
                                        .contains("Canary10Percent"))
                        .filter(it ->
                                it.property("AutoRollbackConfiguration/Enabled").asBoolean(false))
                        .filter(it ->
                                alarms.contains(
                                        it.property("AlarmConfiguration/Alarms/0/Name")
                                                .asString("")))
                        .map(it -> it.property("DeploymentGroupName").asString(""))
                        .collect(Collectors.toSet());
        cloud.resources("AWS::Lambda::Alias")
                .filter(alias ->
                        !groups.contains(
                                alias.json()
                                        .at(
                                                "/UpdatePolicy/CodeDeployLambdaAliasUpdate/DeploymentGroupName")
                                        .asString("")))
                .forEach(alias -> findings.add(alias + " moves at once"));
        return findings;
    }

    private static List<String> asleep(Cloud cloud) {
        var findings = new ArrayList<String>();
        String machine = Statements.text(machine(cloud));
        for (var operation : OperationCatalog.load().all()) {
            if (!machine.contains(":" + Cloud.production().functionName(operation) + ":live\"")) {
                findings.add(operation + " falls asleep");
            }
        }
        boolean isWeekly =
                cloud.resources("AWS::Scheduler::Schedule")
                        .anyMatch(it ->
                                it.property("ScheduleExpression").asString("").contains("SUN"));
        if (!isWeekly) {
            findings.add("nobody calls every week");
        }
        return findings;
    }

    private static tools.jackson.databind.JsonNode machine(Cloud cloud) {
        return cloud.resources(MACHINE).findFirst().orElseThrow().property("DefinitionString");
    }
}
