package com.fluxvantage.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fluxvantage.dispatch.PlatformFunction;
import com.fluxvantage.local.lambda.LambdaFunction;
import com.fluxvantage.local.lambda.LambdaSandbox;
import com.fluxvantage.local.lambda.LambdaSandbox.InitFailed;
import com.fluxvantage.local.lambda.Zips;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.WireServer;
import com.fluxvantage.testing.WireSqs;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The platform's own functions, out of their zip, with a queue service on this machine. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
@NeedsZips
final class PackagedDispatchTest {
    private static final String JOB = "sweep-empty-buckets";
    private static final String DUE =
            "{\"operation\": \"" + JOB + "\", \"scheduled_at\": \"2026-11-24T02:10:00Z\"}";
    private static final String SENT =
            "select (sent_at is not null)::text from wms.outbox where type = 'tick."
                    + JOB
                    + "' and tenant_id = ?";

    private final Cloud cloud = new Cloud();
    private final Jobs jobs = new Jobs(cloud.platform());
    private final Client tenant = cloud.platform().openTenant();
    private final WireServer queues = new WireServer();

    @AfterEach
    void stop() {
        queues.close();
    }

    @Test
    void a_schedule_that_is_due_becomes_one_tick_of_each_tenant_however_often_it_is_said()
            throws SQLException {
        try (var planner = function(PlatformFunction.PLAN_JOB).start()) {
            assertThat(answer(planner, DUE)).isEqualTo("1");
            assertThat(answer(planner, DUE)).isEqualTo("0");
            assertThat(planner.log()).contains("\"message\":\"schedule\"", "\"tenants\":1");
        }
        assertThat(jobs.rows(SENT, tenant)).containsExactly("false");
    }

    @Test
    void a_relay_that_is_killed_between_sending_and_marking_sends_the_same_once_more()
            throws SQLException {
        plan();
        var relay = function(PlatformFunction.RELAY);
        try (var killed = relay.start()) {
            queues.answering(request -> {
                ProcessHandle.of(killed.pid()).orElseThrow().destroyForcibly();
                return WireSqs.taken(request.body());
            });
            assertThatThrownBy(() -> killed.invoke("{}")).isNotNull();
        }
        assertThat(jobs.rows(SENT, tenant)).containsExactly("false");
        queues.answering(request -> WireSqs.taken(request.body()));

        try (var next = relay.start()) {
            assertThat(answer(next, "{}")).as("another holds the lease").isEqualTo("0");
            jobs.change(
                    "update wms.stream_lease set leased_until = clock_timestamp() where tenant_id"
                            + " = ?",
                    tenant);
            assertThat(answer(next, "{}")).isEqualTo("1");
            assertThat(answer(next, "{}")).isEqualTo("0");
            assertThat(next.log()).contains("\"message\":\"relay\"", "\"lag_millis\":");
        }
        assertThat(jobs.rows(SENT, tenant)).containsExactly("true");
        assertThat(queues.asked()).hasSize(2);
        assertThat(queues.asked().get(1).body()).isEqualTo(queues.asked().get(0).body());
        var body = queues.asked().getFirst().body();
        assertThat(body.path("QueueUrl").asString()).endsWith("/fv-test-" + JOB + ".fifo");
        assertThat(body.at("/Entries/0/MessageBody").asString())
                .contains(tenant.tenant().uuid().toString())
                .doesNotContain("scheduled_at");
    }

    @Test
    void while_the_queues_do_not_answer_everything_stays_and_the_relay_lives() throws SQLException {
        plan();
        try (var relay = function(PlatformFunction.RELAY).start()) {
            queues.answering(_ -> new WireServer.Answer(503, "{}"));
            assertThat(answer(relay, "{}")).isEqualTo("0");
            assertThat(relay.log()).contains("\"stuck\":1").doesNotContain("a-secret");
            queues.answering(request -> WireSqs.taken(request.body()));
            assertThat(answer(relay, "{}")).isEqualTo("1");
        }
        assertThat(jobs.rows(SENT, tenant)).containsExactly("true");
    }

    @Test
    void does_not_start_as_what_it_is_not() {
        for (String label : List.of("relays", "", "check-stock")) {
            var failed =
                    catchThrowableOfType(InitFailed.class, () -> function(label, Map.of()).start());
            assertThat(failed.report())
                    .contains("the platform has no function of the configured name");
        }
    }

    private void plan() {
        try (var planner = function(PlatformFunction.PLAN_JOB).start()) {
            assertThat(answer(planner, DUE)).isEqualTo("1");
        }
    }

    private static String answer(LambdaSandbox sandbox, String event) {
        var invocation = sandbox.invoke(event);
        assertThat(invocation.isError()).as(invocation.payload()).isFalse();
        return invocation.payload();
    }

    private LambdaFunction function(PlatformFunction function) {
        return function(
                function.label(),
                Map.of(
                        "FV_QUEUES", queues.address() + "/1/fv-test-",
                        "FV_BUS", "fv-test",
                        "FV_POLLS", "PT0.1S",
                        "AWS_ENDPOINT_URL", queues.address().toString(),
                        "AWS_REGION", "eu-central-1",
                        "AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE",
                        "AWS_SECRET_ACCESS_KEY", "a-secret"));
    }

    private LambdaFunction function(String label, Map<String, String> more) {
        var environment = new HashMap<>(more);
        environment.put("MAIN_CLASS", "com.fluxvantage.dispatch.DispatchApplication");
        environment.put("FV_FUNCTION", label);
        environment.put("FV_DATABASE_URL", cloud.platform().database().url());
        environment.put("FV_DATABASE_LOGIN", "TRUSTED");
        return Cloud.ZIPS.function(
                Cloud.ZIPS.ofDispatch(),
                "dispatch",
                Zips.HANDLER,
                environment,
                PlatformFunction.RELAY.timeLimit());
    }
}
