package com.fluxvantage.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneOffset;

/** Which deletions call a person, and which stand as somebody wants it. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class CheckDeletionsTest {
    private static final String ALARM = "check-deletions lifecycle.deletions-stuck DEAD";
    private static final String AN_HOUR_AGO =
            "update guard.deletion_run set moved_at = now() - interval '61 minutes' where tenant_id = ?";

    private final TestPlatform platform = GivenEnding.platform();
    private final GivenEnding given = new GivenEnding(platform);
    private final Jobs jobs = new Jobs(platform);
    private final Drive drive = new Drive(platform);

    @AfterEach
    void close() {
        drive.close();
    }

    @Test
    void the_job_alarms_by_giving_up_and_is_quiet_when_all_get_on() throws SQLException {
        // A full hour: at another minute it would come too late for the hour's tick.
        jobs.untilSeven();
        jobs.later(Duration.ofHours(1));
        assertThat(jobs.deadLetters(platform.operator())).doesNotContain(ALARM);
        var leaving = given.working();
        given.schedule(leaving);
        drive.superuser("create table wms.pallet (tenant_id uuid)");
        jobs.change(
                "update wms.tenant set deletion_starts_at = deletion_starts_at - interval '3 days' where tenant_id = ?",
                leaving);

        jobs.later(Duration.ofHours(1));

        assertThat(jobs.deadLetters(platform.operator())).contains(ALARM);
    }

    @Test
    void one_that_has_not_moved_for_an_hour_is_stuck_at_whatever_it_is() throws SQLException {
        var leaving = begun();
        assertThat(stuck()).isZero();
        jobs.change(AN_HOUR_AGO, leaving);
        assertThat(stuck()).isEqualTo(1);

        drive.fence();
        assertThat(stuck()).as("it has moved").isZero();
    }

    @Test
    void each_batch_is_a_move() throws SQLException {
        var leaving = begun();
        drive.fence();
        drive.look();
        jobs.change(AN_HOUR_AGO, leaving);
        drive.erase();
        assertThat(stuck()).isZero();
    }

    @Test
    void one_that_says_what_keeps_it_is_stuck_at_once() throws SQLException {
        var leaving = begun();
        jobs.change("update guard.deletion_run set problem = 'BLIND' where tenant_id = ?", leaving);
        assertThat(stuck()).isEqualTo(1);
    }

    @Test
    void what_waits_for_its_second_look_is_not_stuck_until_six_hours_after_its_time()
            throws SQLException {
        var leaving = begun();
        drive.work();
        assertThat(given.phase(leaving)).isEqualTo("VERIFYING");
        jobs.change(AN_HOUR_AGO, leaving);
        drive.later(Duration.ofHours(29));
        assertThat(stuck()).isZero();
        drive.later(Duration.ofHours(2));
        assertThat(stuck()).isEqualTo(1);
    }

    @Test
    void what_a_hold_keeps_is_as_it_should_be() throws SQLException {
        var leaving = begun();
        jobs.change(AN_HOUR_AGO, leaving);
        jobs.change("update wms.tenant set hold_count = 1 where tenant_id = ?", leaving);
        assertThat(stuck()).isZero();
    }

    @Test
    void a_pause_is_as_it_should_be_for_a_day() throws SQLException {
        var leaving = begun();
        jobs.change(AN_HOUR_AGO, leaving);
        platform.operator().done(PauseDeletions.OPERATION, new PauseDeletions.Request());
        assertThat(stuck()).isZero();
        drive.superuser(
                "update guard.deletion_switch set changed_at = now() - interval '25 hours'");
        assertThat(stuck()).isEqualTo(1);
    }

    @Test
    void one_whose_time_came_three_days_ago_and_that_was_not_begun_is_stuck() throws SQLException {
        given.due();
        drive.later(Duration.ofDays(3).minusSeconds(60));
        assertThat(stuck()).isZero();
        drive.later(Duration.ofMinutes(2));
        assertThat(stuck()).isEqualTo(1);
    }

    private Client begun() throws SQLException {
        var leaving = given.due();
        assertThat(drive.begin()).isEqualTo("BEGUN");
        return leaving;
    }

    private int stuck() throws SQLException {
        return Integer.parseInt(
                String.valueOf(
                        drive.worker(
                                "select fv.count_stuck_deletions(?)",
                                statement ->
                                        statement.setObject(
                                                1, drive.now().atOffset(ZoneOffset.UTC)))));
    }
}
