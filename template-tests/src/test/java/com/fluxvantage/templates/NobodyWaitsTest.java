package com.fluxvantage.templates;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.templates.Cloud.Resource;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What nobody waits for fails unseen, unless it stops trying and somebody is told. */
@ReadsTemplates
class NobodyWaitsTest {
    private static final String SCHEDULE = "AWS::Scheduler::Schedule";
    private static final String ONCE = "AWS::Lambda::EventInvokeConfig";
    private static final int TRIES = 5;

    @Test
    void whatever_nobody_waits_for_gives_up_and_leaves_what_it_could_not_do_to_a_person() {
        assertThat(findings(Cloud.synthesised())).isEmpty();
    }

    @Test
    void finds_a_schedule_that_tries_for_ever() {
        assertThat(
                        findings(
                                Cloud.synthesised()
                                        .with(
                                                SCHEDULE,
                                                it ->
                                                        ((ObjectNode) it.path("Target"))
                                                                .remove("RetryPolicy"))))
                .hasSize(1);
    }

    @Test
    void finds_a_schedule_that_loses_what_fails() {
        assertThat(
                        findings(
                                Cloud.synthesised()
                                        .with(
                                                SCHEDULE,
                                                it ->
                                                        ((ObjectNode) it.path("Target"))
                                                                .remove("DeadLetterConfig"))))
                .hasSize(1);
    }

    @Test
    void finds_a_deploy_step_that_the_service_would_repeat() {
        assertOnceOnlyIsMissed("migration");
    }

    @Test
    void finds_a_function_of_the_clock_that_the_service_would_repeat() {
        assertOnceOnlyIsMissed("dispatch");
    }

    private static void assertOnceOnlyIsMissed(String stack) {
        var cloud = Cloud.synthesised();
        var rule =
                cloud.resources(ONCE)
                        .filter(it -> it.stack().endsWith("-" + stack))
                        .findFirst()
                        .orElseThrow();

        assertThat(findings(cloud.with(rule, it -> it.put("MaximumRetryAttempts", 185))))
                .hasSize(1);
        assertThat(findings(cloud.without(rule))).hasSize(1);
    }

    @Test
    void finds_a_function_that_a_queue_starts_without_an_end() {
        assertThat(
                        findings(
                                Cloud.synthesised()
                                        .with(
                                                "inbound",
                                                "AWS::Lambda::EventSourceMapping",
                                                """
                                                {"EventSourceArn": {"Fn::ImportValue": "a-queue"}}
                                                """)))
                .isNotEmpty();
    }

    @Test
    void finds_a_function_that_a_rule_starts() {
        assertThat(
                        findings(
                                Cloud.synthesised()
                                        .with(
                                                "inbound",
                                                "AWS::Events::Rule",
                                                """
                                                {"Targets": [{"Arn": "arn:aws:lambda:::function:x"}]}
                                                """)))
                .hasSize(1);
    }

    @Test
    void finds_a_queue_of_the_undelivered_that_nobody_watches() {
        var cloud = Cloud.synthesised();
        var alarm =
                cloud.resources("AWS::CloudWatch::Alarm")
                        .filter(it ->
                                it.property("AlarmName")
                                        .asString()
                                        .equals("fv-production-undelivered"))
                        .findFirst()
                        .orElseThrow();

        assertThat(findings(cloud.without(alarm))).hasSize(1);
    }

    private static List<String> findings(Cloud cloud) {
        var findings = new ArrayList<String>();
        cloud.resources(SCHEDULE)
                .flatMap(it ->
                        unbounded(
                                it,
                                it.property("Target/RetryPolicy/MaximumRetryAttempts").asInt(185),
                                it.property("Target/DeadLetterConfig/Arn").isMissingNode())
                                .stream())
                .forEach(findings::add);
        cloud.resources("AWS::Events::Rule")
                .flatMap(rule ->
                        rule.property("Targets")
                                .valueStream()
                                .flatMap(target ->
                                        unbounded(
                                                rule,
                                                target.at("/RetryPolicy/MaximumRetryAttempts")
                                                        .asInt(185),
                                                target.at("/DeadLetterConfig/Arn").isMissingNode())
                                                .stream()))
                .forEach(findings::add);
        Stream.concat(
                        cloud.resources()
                                .filter(it -> it.type().startsWith("Custom::"))
                                .map(step -> cloud.of(step, step.property("ServiceToken"))),
                        cloud.resources(SCHEDULE)
                                .map(it -> cloud.of(it, it.property("Target/Arn")))
                                .filter(it -> it.type().equals("AWS::Lambda::Function"))
                                .distinct())
                .flatMap(function -> onceOnly(function, cloud))
                .forEach(findings::add);
        cloud.resources("AWS::Lambda::EventSourceMapping")
                .filter(it -> it.property("FunctionResponseTypes").isMissingNode())
                .forEach(it -> findings.add(it + " takes a whole batch back for one message"));
        cloud.resources("AWS::SQS::Queue")
                .filter(queue -> queue.property("RedrivePolicy").isMissingNode())
                .filter(queue -> !isWatched(queue, cloud))
                .forEach(queue -> findings.add(queue + " fills up and nobody knows"));
        return findings;
    }

    private static Optional<String> unbounded(Resource resource, int tries, boolean loses) {
        return tries > TRIES || loses
                ? Optional.of(resource + " tries too often, or loses what fails")
                : Optional.empty();
    }

    private static Stream<String> onceOnly(Resource function, Cloud cloud) {
        var config =
                cloud.resources(ONCE)
                        .filter(it -> cloud.of(it, it.property("FunctionName")).equals(function))
                        .findFirst();
        return config
                .map(it ->
                        unbounded(
                                it,
                                it.property("MaximumRetryAttempts").asInt(185),
                                it.property("DestinationConfig/OnFailure/Destination")
                                                .isMissingNode()
                                        && !isStartedAnew(it)))
                .orElse(Optional.of(function + " is tried as often as the service likes"))
                .stream();
    }

    // What the next minute starts anyway loses nothing by not being tried again.
    private static boolean isStartedAnew(Resource once) {
        return once.property("MaximumRetryAttempts").asInt(185) == 0
                && once.property("MaximumEventAgeInSeconds").asInt(21_600) <= 60;
    }

    private static boolean isWatched(Resource queue, Cloud cloud) {
        return cloud.resources("AWS::CloudWatch::Alarm")
                .filter(it -> it.property("Namespace").asString("").equals("AWS/SQS"))
                .anyMatch(it ->
                        it.property("Dimensions/0/Value").equals(queue.property("QueueName")));
    }
}
