package com.fluxvantage.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.operation.Timing;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.Mortal;
import com.fluxvantage.testing.Mortal.Life;
import com.fluxvantage.testing.Mortal.Moment;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * A process is killed with SIGKILL at each of these moments, and another goes on where it was: ends
 * are exact, nothing is lost, nothing is done twice.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SurvivesSigkillTest {
    private static final List<String> DELETION =
            List.of("delete-tenants", "verify-deletions", "certify-deletions");

    /** In this order: each process comes a little further than the one before. */
    private static final List<Moment> UNTIL_THE_FIRST_LOOK =
            List.of(
                    Moment.of("before commit .*fv.plan_job"),
                    Moment.of("after commit .*fv.plan_job"),
                    Moment.of("after commit .*wms.lease_events"),
                    Moment.of("after Queues.send"),
                    Moment.of("before commit .*wms.mark_sent"),
                    Moment.of("after commit .*wms.mark_sent"),
                    Moment.of("before commit .*fv.begin_due_deletions"),
                    Moment.of("after commit .*fv.begin_due_deletions"),
                    Moment.of("before commit .*wms.erase_next"),
                    Moment.of("after commit .*wms.erase_next"),
                    Moment.of("before commit .*wms.look_next"),
                    new Moment("after commit .*wms.look_next", 3),
                    new Moment("before commit .*wms.erase_next", 5),
                    new Moment("after commit .*wms.erase_next", 9),
                    new Moment("before commit .*wms.erase_next", 60),
                    new Moment("after commit .*wms.erase_next", 4),
                    new Moment("before commit .*wms.erase_next", 3),
                    Moment.of("before commit .*fv.release_deletion"),
                    new Moment("after commit .*wms.look_next", 4));

    private static final List<Moment> UNTIL_THE_CERTIFICATE =
            List.of(
                    new Moment("before commit .*wms.look_next", 3),
                    Moment.of("after commit .*fv.draft_certificate"),
                    Moment.of("after Signer.sign"),
                    Moment.of("before commit .*fv.certify_deletion"),
                    Moment.of("after commit .*fv.certify_deletion"));

    private static final List<Moment> OF_AN_EXPORT =
            List.of(
                    Moment.of("after Queues.send"),
                    Moment.of("before commit .*update wms.export set fence"),
                    Moment.of("after commit .*update wms.export set fence"),
                    new Moment("before commit ", 6),
                    Moment.of("before ObjectStore.put"),
                    Moment.of("after ObjectStore.put"),
                    new Moment("after ObjectStore.put", 4),
                    Moment.of("before Signer.sign"),
                    Moment.of("after Signer.sign"),
                    new Moment("before commit .*wms.conclude|before commit .*finish_event", 1));

    private static final List<Moment> OF_RETENTION =
            List.of(
                    Moment.of("before commit .*wms.apply_retention"),
                    Moment.of("after commit .*wms.apply_retention"),
                    new Moment("before commit .*wms.apply_retention", 2),
                    new Moment("after commit .*wms.apply_retention", 2));

    private final TestPlatform platform = GivenEnding.platform();
    private final GivenEnding given = new GivenEnding(platform);
    private final Jobs jobs = new Jobs(platform);
    private final Drive drive = new Drive(platform);

    @TempDir private Path folder;
    private Mortal mortal;

    @BeforeEach
    void processes() {
        mortal = new Mortal(platform, folder);
    }

    @AfterEach
    void close() {
        drive.close();
    }

    @Test
    void a_deletion_and_the_relay_that_carries_its_ticks() throws SQLException {
        var staying = given.working();
        var theirs = checksums(staying);
        var leaving = given.due();
        scans(leaving, 3_000, "now()");
        var phases = new TreeSet<String>();
        Map<String, Long> before = given.rows(leaving);
        for (var moment : UNTIL_THE_FIRST_LOOK) {
            mortal.dies(moment, life(DELETION, 8, 5));
            phases.add(given.phase(leaving));
            assertAgrees(moment, leaving, before);
            theLeasesEnd();
        }
        mortal.lives(life(DELETION, 2, 5));
        assertThat(given.phase(leaving)).isEqualTo("VERIFYING");
        platform.clock().move(Duration.ofHours(25));
        for (var moment : UNTIL_THE_CERTIFICATE) {
            mortal.dies(moment, life(DELETION, 3, 5));
            phases.add(given.phase(leaving));
            theLeasesEnd();
        }
        mortal.lives(life(DELETION, 2, 5));

        assertThat(phases)
                .contains(
                        "none",
                        "FENCING",
                        "SIGHTING",
                        "COMPARING",
                        "DELETING",
                        "VERIFYING",
                        "CERTIFYING",
                        "DONE");
        assertThat(given.rows(leaving).keySet()).isSubsetOf(GivenEnding.KEPT);
        assertThat(given.deleted(leaving))
                .containsEntry("wms.scan_event", before.get("wms.scan_event"));
        assertThat(figuresThatDiffer(leaving)).isEmpty();
        assertThat(checksums(staying)).isEqualTo(theirs);
        assertThat(
                        given.only(
                                "select count(*) from guard.deletion_run where tenant_id = ?",
                                leaving))
                .isEqualTo("1");
        assertNothingIsLost();
    }

    @Test
    void an_export() throws Exception {
        var mine = given.working();
        var export = Exports.request(mine);
        for (var moment : OF_AN_EXPORT) {
            mortal.dies(moment, life(List.of("run-export"), 1, 5));
            theLeasesEnd();
        }
        mortal.lives(life(List.of("run-export"), 1, 5));

        assertThat(Exports.get(mine, export).state()).isEqualTo(ExportState.READY);
        assertThat(
                        jobs.rows(
                                "select count(*) from wms.outbox where type = 'export.ready' and tenant_id = ?",
                                mine))
                .as("it is told once")
                .containsExactly("1");
        assertThat(
                        jobs.rows(
                                "select path from wms.export_file where tenant_id = ? group by export_id, path having count(*) > 1",
                                mine))
                .as("no file is there twice")
                .isEmpty();
        assertNothingIsLost();
    }

    @Test
    void retention() throws SQLException {
        var mine = given.working();
        long young = jobs.count("wms.scan_event", mine);
        var now = platform.clock().instant();
        platform.clock().move(Duration.between(now, Timing.daily("03:00").after(now)));
        scans(mine, 12_000, "now() - interval '400 days'");
        for (var moment : OF_RETENTION) {
            mortal.dies(moment, life(List.of("apply-retention"), 1, 5));
            assertThat(jobs.count("wms.scan_event", mine) - young + removed(mine))
                    .as("after " + moment)
                    .isEqualTo(12_000);
        }
        mortal.lives(life(List.of("apply-retention"), 1, 5));

        assertThat(jobs.count("wms.scan_event", mine)).isEqualTo(young);
        assertThat(removed(mine)).isEqualTo(12_000);
        assertNothingIsLost();
    }

    private Life life(List<String> operations, int rounds, int minutes) {
        var now = platform.clock().instant();
        // The next one begins when this one would have ended.
        platform.clock().move(Duration.ofMinutes((long) rounds * minutes));
        return new Life(now, rounds, minutes, operations);
    }

    /** The relay marks what it has sent. */
    private Map<String, String> checksums(Client tenant) throws SQLException {
        var sums = given.checksums(tenant);
        sums.remove("wms.outbox");
        return sums;
    }

    private long removed(Client tenant) throws SQLException {
        return Long.parseLong(
                jobs.rows(
                                "select coalesce(sum(row_count), 0) from wms.retention_run where rule like '%scan_event%' and tenant_id = ?",
                                tenant)
                        .getFirst());
    }

    private void scans(Client tenant, int rows, String madeAt) throws SQLException {
        jobs.change(
                "insert into wms.scan_event (tenant_id, client_event_id, subject_id, posting_id,"
                        + " made_at) select ?, gen_random_uuid(), gen_random_uuid(),"
                        + " gen_random_uuid(), %s from generate_series(1, %d)"
                                .formatted(madeAt, rows),
                tenant);
    }

    /** What was there is what is recorded as gone and what is still there. */
    private void assertAgrees(Moment moment, Client leaving, Map<String, Long> before)
            throws SQLException {
        var deleted = given.deleted(leaving);
        var left = given.rows(leaving);
        before.forEach((table, rows) ->
                assertThat(deleted.getOrDefault(table, 0L) + left.getOrDefault(table, 0L))
                        .as(table + " after " + moment)
                        .isEqualTo(rows));
    }

    private List<String> figuresThatDiffer(Client leaving) throws SQLException {
        return jobs.rows(
                """
                select target
                  from guard.deletion_step
                  join guard.deletion_run using (run_id)
                 where tenant_id = ?
                   and (before + late <> deleted + after or late <> 0)
                """,
                leaving);
    }

    private void theLeasesEnd() throws SQLException {
        drive.superuser(
                """
                update guard.deletion_run set leased_until = null;
                update wms.export set leased_until = null;
                update wms.stream_lease set leased_until = now() - interval '1 second';
                """);
    }

    /** Every event was sent and settled, and nothing was given up. */
    private void assertNothingIsLost() throws SQLException {
        assertThat(mortal.queued()).isZero();
        assertThat(jobs.deadLetters(platform.operator())).isEmpty();
    }
}
