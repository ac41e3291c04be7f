package com.fluxvantage.templates;

import static com.fluxvantage.kernel.operation.Outcome.found;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.infra.CloudApp;
import com.fluxvantage.infra.Domain;
import com.fluxvantage.infra.Settings;
import com.fluxvantage.infra.Zips;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Timing;
import com.fluxvantage.kernel.operation.Trigger;
import com.fluxvantage.templates.Cloud.Resource;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import software.amazon.awscdk.App;
import software.amazon.awscdk.AppProps;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The queue of each operation that nobody calls: of all that there are, and of three that were made
 * for this, one of each kind.
 */
@ReadsTemplates
class ConsumersTest {
    private static final String FEED = "AWS::Lambda::EventSourceMapping";

    record Nothing() {}

    private static final Operation<Nothing, Nothing> BY_THE_CLOCK =
            made(
                    Operation.scheduled(
                            "wind-clock",
                            Trigger.Schedule.at(
                                            new Timing.Daily(
                                                    LocalTime.of(6, 5), ZoneId.of("Europe/Berlin")))
                                    .retries(2)));
    private static final Operation<Nothing, Nothing> IN_ORDER =
            made(
                    Operation.consumer("follow-goods", Trigger.Event.of("b.two", "a.one").inOrder())
                            .within(Duration.ofSeconds(20)));
    private static final Operation<Nothing, Nothing> IN_NO_ORDER =
            made(Operation.consumer("hear-goods", Trigger.Event.of("b.two", "a.one").retries(1)));
    private static final Operation<Nothing, Nothing> WHERE_WANTED =
            made(Operation.consumer("tell-of-goods", Trigger.Event.of("a.one").whereWanted()));

    private static Operation<Nothing, Nothing> made(Operation.Contract contract) {
        return contract.summary("Made for a test.")
                .handledBy(
                        Nothing.class,
                        Nothing.class,
                        new Nothing(),
                        (nothing, _) -> found(nothing));
    }

    private static final class Made {
        static final Cloud CLOUD = synthesised();

        private static Cloud synthesised() {
            var build = Path.of(System.getProperty("fv.root"), "template-tests/target/consumers");
            return Cloud.synthesised(
                    build.resolve("cdk.out"),
                    folder ->
                            CloudApp.synthesise(
                                    new App(AppProps.builder().outdir(folder.toString()).build()),
                                    new Zips.StandIns(build.resolve("stand-ins")),
                                    List.of(
                                            Settings.of(
                                                    Settings.Stage.PRODUCTION,
                                                    Cloud.production().caller(),
                                                    Optional.empty())),
                                    List.of(
                                            new Domain(
                                                    "clocks",
                                                    List.of(
                                                            BY_THE_CLOCK,
                                                            IN_ORDER,
                                                            IN_NO_ORDER,
                                                            WHERE_WANTED)))));
        }
    }

    @Test
    void every_job_and_consumer_has_a_queue_as_its_descriptor_says() {
        assertThat(findings(Cloud.synthesised(), jobs())).isEmpty();
        assertThat(findings(Made.CLOUD, Stream.of(BY_THE_CLOCK, IN_ORDER, IN_NO_ORDER))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "wind-clock,   FifoQueue",
        "follow-goods, FifoQueue",
        "follow-goods, KmsMasterKeyId",
        "hear-goods,   RedrivePolicy",
        "hear-goods,   VisibilityTimeout",
    })
    void finds_a_queue_that_lacks_what_it_needs(String operation, String property) {
        assertThat(spoilt(queue(operation), it -> it.remove(property)))
                .singleElement()
                .asString()
                .contains(operation);
    }

    @Test
    void finds_a_message_that_comes_again_while_it_is_still_at_work() {
        assertThat(spoilt(queue("follow-goods"), it -> it.put("VisibilityTimeout", 119)))
                .hasSize(1);
    }

    @Test
    void finds_a_queue_that_puts_aside_what_the_function_would_still_have_tried() {
        assertThat(
                        spoilt(
                                queue("wind-clock"),
                                it ->
                                        ((ObjectNode) it.path("RedrivePolicy"))
                                                .put("maxReceiveCount", 3)))
                .hasSize(1);
    }

    @Test
    void finds_a_function_that_takes_a_whole_batch_back_or_is_fed_past_its_alias() {
        assertThat(spoilt(feed("hear-goods"), it -> it.remove("FunctionResponseTypes"))).hasSize(1);
        assertThat(spoilt(feed("hear-goods"), it -> it.remove("ScalingConfig"))).hasSize(1);
        assertThat(
                        spoilt(
                                feed("hear-goods"),
                                it ->
                                        it.set(
                                                "FunctionName",
                                                it.objectNode()
                                                        .put(
                                                                "Ref",
                                                                Made.CLOUD
                                                                        .function("hear-goods")
                                                                        .id()))))
                .hasSize(1);
    }

    @Test
    void events_without_an_order_come_from_the_bus_and_only_those() {
        assertThat(Made.CLOUD.resources("AWS::Events::Rule")).hasSize(2);
        var rule = rule("hear-goods");
        assertThat(rule.property("EventPattern"))
                .isEqualTo(
                        JsonMapper.shared()
                                .readTree(
                                        """
                                        {"source": ["fluxvantage"], "detail-type": ["a.one", "b.two"]}
                                        """));
        assertThat(rule.property("Targets/0/InputPath").asString()).isEqualTo("$.detail");
        assertThat(rule.property("Targets/0/Arn")).isEqualTo(queueOf(feed("hear-goods")));
        var sources =
                Made.CLOUD
                        .resources("AWS::SQS::QueuePolicy")
                        .map(it -> it.property("PolicyDocument").toString())
                        .filter(it -> it.contains("events.amazonaws.com"))
                        .filter(it -> !it.contains("aws:SourceAccount"))
                        .toList();
        assertThat(sources)
                .hasSize(2)
                .allMatch(it -> it.contains("aws:SourceArn"))
                .anyMatch(it -> it.contains(":rule/fv-production/fv-production-hear-goods"))
                .anyMatch(it -> it.contains(":rule/fv-production/fv-production-tell-of-goods"));
    }

    @Test
    void what_is_heard_only_where_it_is_wanted_comes_when_the_relay_says_so() {
        assertThat(rule("tell-of-goods").property("EventPattern"))
                .isEqualTo(
                        JsonMapper.shared()
                                .readTree(
                                        """
                                        {"source": ["fluxvantage"], "detail-type": ["a.one"],
                                         "detail": {"wanted_by": ["tell-of-goods"]}}
                                        """));
    }

    @Test
    void with_such_a_consumer_the_relay_may_reach_the_bus() {
        assertThat(mayPutEvents(Made.CLOUD)).isTrue();
        // An export that was asked for is such an event.
        assertThat(mayPutEvents(Cloud.synthesised())).isTrue();
        assertThat(endpoints(Made.CLOUD)).anyMatch(it -> it.endsWith(".events"));
        assertThat(endpoints(Cloud.synthesised()))
                .anyMatch(it -> it.endsWith(".events"))
                .anyMatch(it -> it.endsWith(".sqs"));
    }

    @Test
    void a_schedule_runs_by_the_clocks_of_its_zone() {
        var schedule =
                Made.CLOUD
                        .resources("AWS::Scheduler::Schedule")
                        .filter(it -> it.property("Name").asString().equals("wind-clock"))
                        .findFirst()
                        .orElseThrow();

        assertThat(schedule.property("ScheduleExpression").asString())
                .isEqualTo("cron(5 6 * * ? *)");
        assertThat(schedule.property("ScheduleExpressionTimezone").asString())
                .isEqualTo("Europe/Berlin");
    }

    private static List<String> spoilt(Resource resource, Consumer<ObjectNode> spoil) {
        return findings(
                Made.CLOUD.with(resource, spoil), Stream.of(BY_THE_CLOCK, IN_ORDER, IN_NO_ORDER));
    }

    private static List<String> findings(Cloud cloud, Stream<? extends Operation<?, ?>> jobs) {
        return jobs.flatMap(job -> finding(cloud, job).stream().map(it -> job + ": " + it))
                .toList();
    }

    private static List<String> finding(Cloud cloud, Operation<?, ?> operation) {
        var feeds = feeds(operation.name(), cloud);
        if (feeds.size() != 1) {
            return List.of("it is fed by " + feeds.size() + " queues");
        }
        var feed = feeds.getFirst();
        var queue = cloud.of(feed, queueOf(feed));
        var dead = cloud.of(queue, queue.property("RedrivePolicy/deadLetterTargetArn"));
        boolean isOrdered = isOrdered(operation);
        var findings = new java.util.ArrayList<String>();
        for (var each : List.of(queue, dead)) {
            if (each.property("FifoQueue").asBoolean(false) != isOrdered
                    || each.property("QueueName").asString("").endsWith(".fifo") != isOrdered) {
                findings.add(each + " keeps another order than it needs");
            }
        }
        if (!queue.property("QueueName")
                        .asString("")
                        .equals(Cloud.production().queueName(operation))
                || !queue.property("KmsMasterKeyId").toString().contains("Arn")) {
            findings.add(queue + " has another name, or no key");
        }
        if (queue.property("VisibilityTimeout").asLong(30)
                < 6 * operation.timeLimit().toSeconds()) {
            findings.add(queue + " hands out again what is still at work");
        }
        if (queue.property("RedrivePolicy/maxReceiveCount").asInt(0)
                != retries(operation) + 1 + 4) {
            findings.add(queue + " puts aside too early or too late");
        }
        if (!feed.property("FunctionResponseTypes/0").asString("").equals("ReportBatchItemFailures")
                || feed.property("BatchSize").asInt(0)
                        != (operation.trigger() instanceof Trigger.Schedule ? 1 : 10)
                || feed.property("ScalingConfig/MaximumConcurrency").asInt(0) != 5) {
            findings.add(feed + " feeds too much, or takes a whole batch back");
        }
        return findings;
    }

    private static boolean isOrdered(Operation<?, ?> operation) {
        return !(operation.trigger() instanceof Trigger.Event event) || event.ordered();
    }

    private static int retries(Operation<?, ?> operation) {
        return operation.trigger() instanceof Trigger.Schedule schedule
                ? schedule.retries()
                : ((Trigger.Event) operation.trigger()).retries();
    }

    // Through the alias alone: a mapping to the function itself would run the newest code.
    private static List<Resource> feeds(String operation, Cloud cloud) {
        return cloud.resources(FEED)
                .filter(feed -> {
                    var alias = cloud.of(feed, feed.property("FunctionName"));
                    return alias.type().equals("AWS::Lambda::Alias")
                            && cloud.of(alias, alias.property("FunctionName"))
                                    .equals(cloud.function(operation));
                })
                .toList();
    }

    private static Resource rule(String operation) {
        return Made.CLOUD
                .resources("AWS::Events::Rule")
                .filter(it -> it.property("Targets/0/Arn").equals(queueOf(feed(operation))))
                .findFirst()
                .orElseThrow();
    }

    private static Resource feed(String operation) {
        return feeds(operation, Made.CLOUD).getFirst();
    }

    private static Resource queue(String operation) {
        var feed = feed(operation);
        return Made.CLOUD.of(feed, queueOf(feed));
    }

    private static tools.jackson.databind.JsonNode queueOf(Resource feed) {
        return feed.property("EventSourceArn");
    }

    private static boolean mayPutEvents(Cloud cloud) {
        return Statements.of(cloud).anyMatch(it -> it.actions().contains("events:PutEvents"));
    }

    private static List<String> endpoints(Cloud cloud) {
        return cloud.resources("AWS::EC2::VPCEndpoint")
                .map(it -> Statements.text(it.property("ServiceName")))
                .toList();
    }

    private static Stream<Operation<?, ?>> jobs() {
        return com.fluxvantage.runtime.OperationCatalog.load().all().stream()
                .filter(it ->
                        it.trigger() instanceof Trigger.Schedule
                                || it.trigger() instanceof Trigger.Event);
    }
}
