package com.fluxvantage.integrations;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.TestPlatform;
import com.fluxvantage.testing.Together;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/** All sandboxes together call a system as fast as one may, and leave it alone when it is ill. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class PaceTest {
    private static final TestPlatform PLATFORM = TestPlatform.start();

    private final Client mine = PLATFORM.openTenant();
    private final Client theirs = PLATFORM.openTenant();
    private final Jobs jobs = new Jobs(PLATFORM);
    private final UUID connection = UUID.randomUUID();

    @Test
    void ten_that_ask_at_once_get_what_there_is_and_no_more() {
        var got = Together.all(10, _ -> ask(mine, 10, 1, 20));

        assertThat(got.stream().mapToInt(it -> it).sum()).isEqualTo(20);
        assertThat(ask(mine, 10, 1, 20)).isZero();
        assertThat(ask(theirs, 10, 1, 20)).as("another tenant's of the same name").isEqualTo(10);
    }

    @Test
    void tokens_come_back_with_time_and_never_more_than_the_burst() throws SQLException {
        ask(mine, 20, 60, 20);

        age("30 s");
        assertThat(ask(mine, 100, 10, 20)).isEqualTo(5);
        age("1 h");
        assertThat(ask(mine, 100, 10, 20)).isEqualTo(20);
    }

    @Test
    void what_was_not_used_is_given_back() {
        ask(mine, 20, 1, 20);

        note("ANSWERED", 12, null);

        assertThat(ask(mine, 20, 1, 20)).isEqualTo(12);
        note("UNUSED", 12, null);
        assertThat(ask(mine, 20, 1, 20)).isEqualTo(12);
    }

    @Test
    void bursts_of_429_are_followed_by_no_call_before_its_time() throws SQLException {
        assertThat(ask(mine, 5, 600, 50)).isEqualTo(5);
        note("THROTTLED", 0, "90 s");

        age("89 s");
        assertThat(ask(mine, 5, 600, 50)).as("a second early").isZero();
        age("2 s");
        assertThat(ask(mine, 5, 600, 50)).as("ten a second since").isBetween(5, 50);

        note("THROTTLED", 0, "90 s");
        note("THROTTLED", 0, "5 s");
        age("80 s");
        assertThat(ask(mine, 5, 600, 50)).as("the later of two stays").isZero();
    }

    @Test
    void who_says_no_time_is_left_alone_for_longer_each_time() throws SQLException {
        ask(mine, 1, 600, 50);
        double before = 0;
        for (int times = 1; times <= 12; times++) {
            note("THROTTLED", 0, null);
            double rest = rest();
            double full = Math.min(600, Math.pow(2, Math.min(times - 1, 10)));
            assertThat(rest).as("time " + times).isBetween(full / 2 - 1, full);
            assertThat(rest).isGreaterThanOrEqualTo(Math.min(before, full / 2 - 1));
            before = rest;
            age("20 min");
        }
        note("ANSWERED", 0, null);
        note("THROTTLED", 0, null);
        assertThat(rest()).as("an answer ends it").isLessThan(1.1);
    }

    @Test
    void five_failures_in_a_row_open_the_circuit_and_one_probe_closes_it() throws SQLException {
        ask(mine, 1, 600, 50);
        for (int i = 1; i <= 4; i++) {
            note("FAILED", 0, null);
        }
        assertThat(ask(mine, 3, 600, 50)).as("four are not enough").isEqualTo(3);
        note("FAILED", 0, null);
        assertThat(ask(mine, 3, 600, 50)).as("open").isZero();
        assertThat(rest()).isBetween(40.0, 60.0);

        age("61 s");
        var probes = Together.all(5, _ -> ask(mine, 3, 600, 50));
        assertThat(probes.stream().mapToInt(it -> it).sum()).as("half open").isEqualTo(1);

        note("FAILED", 0, null);
        assertThat(rest()).as("twice as long").isBetween(85.0, 120.0);
        age("121 s");
        assertThat(ask(mine, 3, 600, 50)).isEqualTo(1);
        note("ANSWERED", 0, null);
        assertThat(ask(mine, 3, 600, 50)).as("closed").isEqualTo(3);
    }

    @Test
    void a_probe_that_dies_is_followed_by_another_after_two_minutes() throws SQLException {
        ask(mine, 1, 600, 50);
        for (int i = 1; i <= 5; i++) {
            note("FAILED", 0, null);
        }
        age("61 s");
        assertThat(ask(mine, 3, 600, 50)).isEqualTo(1);
        age("110 s");
        assertThat(ask(mine, 3, 600, 50)).isZero();
        age("11 s");
        assertThat(ask(mine, 3, 600, 50)).isEqualTo(1);
    }

    @Test
    void a_refused_credential_opens_it_at_once_and_is_tried_once_an_hour() throws SQLException {
        ask(mine, 1, 600, 50);
        note("REFUSED", 0, null);

        age("59 min");
        assertThat(ask(mine, 3, 600, 50)).isZero();
        age("2 min");
        assertThat(ask(mine, 3, 600, 50)).isEqualTo(1);
    }

    private int ask(Client tenant, int most, int perMinute, int burst) {
        return Integer.parseInt(
                inJob(
                        tenant,
                        "select wms.ask_pace('%s', %d, %d, %d)"
                                .formatted(connection, most, perMinute, burst)));
    }

    private void note(String outcome, int unused, @Nullable String rest) {
        inJob(
                mine,
                "select wms.note_pace('%s', %d, '%s', %s, %s)"
                        .formatted(
                                connection,
                                unused,
                                outcome,
                                List.of("ANSWERED", "UNUSED").contains(outcome)
                                        ? "null"
                                        : "'TIMED_OUT'",
                                rest == null ? "null" : "interval '" + rest + "'"));
    }

    // The clock of the database is moved by nobody: the row is made older instead.
    private void age(String by) throws SQLException {
        jobs.change(
                "update wms.connection_pace set filled_at = filled_at - interval '%1$s', rests_until = rests_until - interval '%1$s' where tenant_id = ?"
                        .formatted(by),
                mine);
    }

    private double rest() throws SQLException {
        return Double.parseDouble(
                jobs.rows(
                                "select extract(epoch from rests_until - failed_at) from wms.connection_pace where tenant_id = ?",
                                mine)
                        .getFirst());
    }

    private static String inJob(Client tenant, String sql) {
        try (var connection = PLATFORM.database().as("fv_worker");
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(
                    "select fv.delegate_job('deliver-webhooks', '%s')"
                            .formatted(tenant.tenant().uuid()));
            try (var rows = statement.executeQuery(sql)) {
                rows.next();
                String answer = String.valueOf(rows.getString(1));
                connection.commit();
                return answer;
            }
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }
}
