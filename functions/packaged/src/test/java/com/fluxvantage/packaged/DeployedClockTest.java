package com.fluxvantage.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.Jobs;

import org.junit.jupiter.api.Test;

import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.lambda.model.InvocationType;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * From a schedule's call to the tenant's rows, through everything that CDK has deployed: the
 * planner, the outbox, the relay, the operation's FIFO queue, its event source and its function. An
 * emulator starts no schedule: the test says what the schedule would.
 */
@NeedsEmulator
final class DeployedClockTest {
    /** It takes many transactions: one that is not the last has the next begun. */
    private static final String JOB = "apply-retention";

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Emulator emulator = Emulator.deployed();
    private final Jobs jobs = new Jobs(emulator.cloud().platform());
    private final Client tenant = emulator.cloud().platform().openTenant();

    @Test
    void what_is_due_is_done_in_the_tenant_once() throws SQLException {
        var due = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        String event = "{\"operation\": \"%s\", \"scheduled_at\": \"%s\"}".formatted(JOB, due);
        assertThat(Integer.parseInt(plan(event))).isPositive();
        assertThat(plan(event)).isEqualTo("0");
        startRelay();

        await(
                "select operation from wms.idempotency_record where tenant_id = ? and operation = '"
                        + JOB
                        + "' and result ->> 'more' = 'false'");
        var rules =
                jobs.rows(
                        "select rule from wms.retention_run where tenant_id = ? and outcome ="
                                + " 'NOTHING_TO_DO'",
                        tenant);
        assertThat(rules).isNotEmpty();
        // A transaction for each rule and one that finds none left: had the tick been planned or
        // delivered twice there would be more.
        assertThat(jobs.rows("select action from wms.audit_entry where tenant_id = ?", tenant))
                .filteredOn(JOB::equals)
                .hasSize(rules.size() + 1);
        assertThat(jobs.deadLetters(tenant)).isEmpty();
    }

    private String plan(String event) {
        try (var functions = emulator.functions()) {
            var answer =
                    functions.invoke(it ->
                            it.functionName(Emulator.PREFIX + "-plan-job")
                                    .payload(SdkBytes.fromUtf8String(event)));
            assertThat(answer.functionError()).as(answer.payload().asUtf8String()).isNull();
            return answer.payload().asUtf8String();
        }
    }

    // As the scheduler does, without waiting: it polls for most of a minute.
    private void startRelay() {
        try (var functions = emulator.functions()) {
            functions.invoke(it ->
                    it.functionName(Emulator.PREFIX + "-relay")
                            .invocationType(InvocationType.EVENT)
                            .payload(SdkBytes.fromUtf8String("{}")));
        }
    }

    private void await(String sql) throws SQLException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        var rows = jobs.rows(sql, tenant);
        while (rows.isEmpty() && System.nanoTime() < end) {
            LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
            rows = jobs.rows(sql, tenant);
        }
        assertThat(rows).hasSize(1);
    }
}
