package com.fluxvantage.templates;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.dispatch.PlatformFunction;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Trigger;
import com.fluxvantage.runtime.OperationCatalog;
import com.fluxvantage.templates.Cloud.Resource;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The clock as the descriptors say it: what is due, who is told of it, and who is called. */
@ReadsTemplates
class ClockTest {
    private static final String SCHEDULE = "AWS::Scheduler::Schedule";
    private static final String ALARM = "AWS::CloudWatch::Alarm";
    private static final String JOB = "apply-retention";

    @Test
    void every_schedule_of_a_descriptor_is_one_of_the_clock() {
        assertThat(findings(Cloud.synthesised())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "ScheduleExpression,          rate(1 minute)",
        "ScheduleExpressionTimezone,  Europe/Berlin",
        "FlexibleTimeWindow/Mode,     OFF",
        "FlexibleTimeWindow/MaximumWindowInMinutes, 1",
        "Target/Input,                {}",
        "Target/RetryPolicy/MaximumEventAgeInSeconds, 99",
        "Target/Arn,                  arn:aws:lambda:::function:another",
    })
    void finds_a_schedule_that_says_something_else(String property, String value) {
        var cloud = Cloud.synthesised();

        assertThat(findings(cloud.with(schedule(JOB, cloud), it -> put(it, property, value))))
                .singleElement()
                .asString()
                .contains(JOB);
    }

    @Test
    void finds_a_schedule_that_is_missing_and_one_that_nobody_has_described() {
        var cloud = Cloud.synthesised();

        assertThat(findings(cloud.without(schedule(JOB, cloud))))
                .containsExactly(JOB + " has 0 schedules");
        assertThat(findings(cloud.with("dispatch", SCHEDULE, "{\"Name\": \"another\"}")))
                .singleElement()
                .asString()
                .contains("another");
    }

    @Test
    void whoever_starts_a_function_by_the_clock_may_start_that_one_and_no_other() {
        var cloud = Cloud.synthesised();

        for (String schedule : List.of("relay", JOB)) {
            var it = schedule(schedule, cloud);
            var starter = cloud.of(it, it.property("Target/RoleArn"));
            assertThat(
                            Statements.of(starter)
                                    .flatMap(statement -> statement.actions().stream())
                                    .distinct())
                    .containsExactlyInAnyOrder(
                            "lambda:InvokeFunction",
                            "sqs:SendMessage",
                            "kms:Decrypt",
                            "kms:GenerateDataKey");
            assertThat(
                            Statements.of(starter)
                                    .filter(statement ->
                                            statement.actions().contains("lambda:InvokeFunction"))
                                    .map(statement -> statement.json().path("Resource")))
                    .containsExactly(it.property("Target/Arn"));
        }
    }

    @Test
    void one_relay_at_a_time_is_started_each_minute() {
        var cloud = Cloud.synthesised();
        var schedule = schedule("relay", cloud);
        var relay = cloud.of(schedule, schedule.property("Target/Arn"));

        assertThat(schedule.property("ScheduleExpression").asString()).isEqualTo("rate(1 minute)");
        assertThat(relay.property("ReservedConcurrentExecutions").asInt()).isOne();
        assertThat(relay.property("Timeout").asLong())
                .isEqualTo(PlatformFunction.RELAY.timeLimit().toSeconds());
    }

    @Test
    void the_relay_may_send_to_the_queues_of_ticks_and_ordered_events_and_to_no_other() {
        var cloud = Cloud.synthesised();
        var schedule = schedule("relay", cloud);
        var relay = cloud.of(schedule, schedule.property("Target/Arn"));
        var role = cloud.of(relay, relay.property("Role"));

        var sends =
                Statements.of(role)
                        .filter(it -> it.actions().contains("sqs:SendMessage"))
                        .flatMap(it -> it.resources().stream())
                        .map(it -> it.substring(it.lastIndexOf(':') + 1))
                        .toList();

        assertThat(sends)
                .containsExactlyInAnyOrderElementsOf(
                        jobs().map(it -> Cloud.production().queueName(it)).toList());
        assertThat(
                        Statements.of(role)
                                .filter(Statements.Statement::allows)
                                .flatMap(it -> it.actions().stream())
                                .filter(it -> !it.startsWith("ec2:"))
                                .collect(Collectors.toSet()))
                .isEqualTo(
                        Set.of(
                                "events:PutEvents",
                                "kms:Decrypt",
                                "kms:GenerateDataKey",
                                "logs:CreateLogStream",
                                "logs:PutLogEvents",
                                "rds-db:connect",
                                "sqs:SendMessage"));
    }

    @Test
    void every_job_has_an_alarm_for_what_it_leaves_and_one_for_not_running() {
        assertThat(unwatched(Cloud.synthesised())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "apply-retention-missing",
        "apply-retention-dead",
        "relay-lags",
        "relay-stands-still",
        "events-given-up",
        "deletions-stuck",
        "audit-behind"
    })
    void finds_work_that_ends_unseen(String name) {
        var cloud = Cloud.synthesised();

        assertThat(unwatched(cloud.without(alarm(name, cloud)))).hasSize(1);
    }

    @Test
    void an_alarm_for_absence_goes_off_when_nothing_is_counted_at_all() {
        var cloud = Cloud.synthesised();

        var missing = alarm(JOB + "-missing", cloud);
        assertThat(missing.property("TreatMissingData").asString()).isEqualTo("breaching");
        assertThat(missing.property("ComparisonOperator").asString())
                .isEqualTo("LessThanThreshold");
        assertThat(
                        missing.property("Period").asInt()
                                * missing.property("EvaluationPeriods").asInt())
                .isEqualTo(36 * 3_600);
        var lags = alarm("relay-lags", cloud);
        assertThat(lags.property("TreatMissingData").asString()).isEqualTo("notBreaching");
    }

    @Test
    void what_alarms_look_at_is_counted_by_a_filter_of_the_log_that_is_written() {
        var cloud = Cloud.synthesised();
        var counted =
                cloud.resources("AWS::Logs::MetricFilter")
                        .map(it -> it.property("MetricTransformations/0/MetricName").asString())
                        .collect(Collectors.toSet());

        assertThat(
                        cloud.resources(ALARM)
                                .filter(it ->
                                        it.property("Namespace")
                                                .asString("")
                                                .startsWith("FluxVantage/"))
                                .map(it -> it.property("MetricName").asString()))
                .isNotEmpty()
                .allMatch(counted::contains);
    }

    private static List<String> findings(Cloud cloud) {
        var findings = new ArrayList<String>();
        var known = new ArrayList<>(List.of("keep-alive", "relay"));
        jobs().forEach(operation -> {
            known.add(operation.name());
            var schedules =
                    cloud.resources(SCHEDULE)
                            .filter(it -> it.property("Name").asString().equals(operation.name()))
                            .toList();
            if (schedules.size() != 1) {
                findings.add(operation + " has " + schedules.size() + " schedules");
            }
            schedules.forEach(it -> check(operation, it, cloud, findings));
        });
        cloud.resources(SCHEDULE)
                .map(it -> it.property("Name").asString())
                .filter(name -> !known.contains(name))
                .forEach(name -> findings.add("nobody has described " + name));
        return findings;
    }

    private static void check(
            Operation<?, ?> operation, Resource it, Cloud cloud, List<String> findings) {
        var schedule = (Trigger.Schedule) operation.trigger();
        long window = schedule.jitter().toMinutes();
        String input =
                "{\"operation\":\"%s\",\"scheduled_at\":\"<aws.scheduler.scheduled-time>\"}"
                        .formatted(operation.name());
        String zone = schedule.timing().zone().getId();
        boolean isSaid =
                it.property("ScheduleExpression").asString().equals(schedule.timing().expression())
                        && it.property("ScheduleExpressionTimezone")
                                .asString()
                                .equals(zone.equals("Z") ? "UTC" : zone)
                        && it.property("FlexibleTimeWindow/Mode")
                                .asString()
                                .equals(window == 0 ? "OFF" : "FLEXIBLE")
                        && it.property("FlexibleTimeWindow/MaximumWindowInMinutes").asLong(0)
                                == window
                        && it.property("Target/Input").asString().equals(input)
                        && it.property("Target/RetryPolicy/MaximumEventAgeInSeconds").asLong(0)
                                == Math.clamp(schedule.deadline().toSeconds(), 60, 86_400)
                        && cloud.of(it, it.property("Target/Arn"))
                                .property("Environment/Variables/FV_FUNCTION")
                                .asString("")
                                .equals(PlatformFunction.PLAN_JOB.label());
        if (!isSaid) {
            findings.add(it + " is not what " + operation + " says");
        }
    }

    private static List<String> unwatched(Cloud cloud) {
        var names =
                cloud.resources(ALARM)
                        .map(it -> it.property("AlarmName").asString(""))
                        .collect(Collectors.toSet());
        return Stream.concat(
                        Stream.of(
                                "relay-lags",
                                "relay-stands-still",
                                "events-given-up",
                                "deletions-stuck",
                                "audit-behind",
                                "audit-broken",
                                "tenants-wait",
                                "holds-unreviewed"),
                        jobs().flatMap(it -> Stream.of(it + "-dead", it + "-missing")))
                .map(it -> Cloud.production().prefix() + "-" + it)
                .filter(it -> !names.contains(it))
                .toList();
    }

    private static Stream<Operation<?, ?>> jobs() {
        return OperationCatalog.load().all().stream()
                .filter(it -> it.trigger() instanceof Trigger.Schedule);
    }

    private static Resource schedule(String name, Cloud cloud) {
        return named(SCHEDULE, "Name", name, cloud);
    }

    private static Resource alarm(String name, Cloud cloud) {
        return named(ALARM, "AlarmName", Cloud.production().prefix() + "-" + name, cloud);
    }

    private static Resource named(String type, String property, String name, Cloud cloud) {
        return cloud.resources(type)
                .filter(it -> it.property(property).asString("").equals(name))
                .findFirst()
                .orElseThrow();
    }

    // A number stays one.
    private static void put(ObjectNode properties, String path, String value) {
        int at = path.lastIndexOf('/');
        var parent = at < 0 ? properties : (ObjectNode) properties.at("/" + path.substring(0, at));
        parent.set(
                path.substring(at + 1),
                value.matches("\\d+")
                        ? JsonMapper.shared().readTree(value)
                        : JsonMapper.shared().valueToTree(value));
    }
}
