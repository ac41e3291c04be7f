package com.fluxvantage.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.outside.Transactions;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.TestPlatform;

import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;

/**
 * Whatever comes in whatever order while a tenant is deleted (a worker that dies, a hold and its
 * release, a pause, an old lease, a migration, rows that nobody expects, a jump of the clock):
 * under a hold or a pause nothing goes, what is recorded is what happened, no neighbour changes,
 * and it ends once the last obstacle is gone.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RandomSchedulesTest {
    private static final int SCHEDULES = 6;
    private static final int EVENTS = 40;

    private final TestPlatform platform = GivenEnding.platform();
    private final GivenEnding given = new GivenEnding(platform);
    private final Jobs jobs = new Jobs(platform);
    private final Drive drive = new Drive(platform);
    private boolean isHeld;
    private boolean isPaused;
    private int migrations;

    @AfterEach
    void close() {
        drive.close();
    }

    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** Dies before, within or after one of its transactions. */
    private static final class Mortal implements Transactions {
        private final Transactions sound;
        private final int way;
        private int left;

        private Mortal(Transactions sound, int left, int way) {
            this.sound = sound;
            this.left = left;
            this.way = way;
        }

        @Override
        public <T> T once(Function<Handle, T> work) {
            if (left-- > 0) {
                return sound.once(work);
            }
            if (way == 1) {
                sound.once(handle -> {
                    var _ = work.apply(handle);
                    throw new Killed();
                });
            }
            if (way == 2) {
                sound.once(work);
            }
            throw new Killed();
        }
    }

    @Test
    void no_schedule_breaks_an_invariant() throws SQLException {
        long seed = Long.getLong("fv.schedules.seed", System.nanoTime());
        var random = new Random(seed);
        var staying = given.working();
        var theirs = given.checksums(staying);
        for (int schedule = 0; schedule < SCHEDULES; schedule++) {
            var told = new ArrayList<String>();
            try {
                live(random, told);
                // Those that a migration has brought meanwhile are empty.
                assertThat(given.checksums(staying)).containsAllEntriesOf(theirs);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "-Dfv.schedules.seed=" + seed + ", schedule " + schedule + ": " + told, e);
            }
        }
    }

    private void live(Random random, List<String> told) throws SQLException {
        isHeld = false;
        isPaused = false;
        var leaving = given.due();
        scans(leaving, 2_500);
        Map<String, Long> before = Map.of();
        for (int event = 0; event < EVENTS; event++) {
            var gone = gone(leaving);
            boolean isStopped = isHeld || isPaused;
            told.add(happens(random, leaving));
            if (isStopped && (isHeld || isPaused)) {
                assertThat(gone(leaving)).as("under a hold or a pause").isEqualTo(gone);
            }
            if (before.isEmpty() && !given.phase(leaving).equals("none")) {
                before = given.rows(leaving);
            }
        }
        toTheEnd(leaving, told);
        assertEnded(leaving);
        assertThat(given.deleted(leaving).get("wms.scan_event"))
                .as("no row twice, none left out")
                .isEqualTo(
                        Long.valueOf(
                                given.only(
                                        "select before + late from guard.deletion_step join guard.deletion_run using (run_id) where target = 'wms.scan_event' and tenant_id = ?",
                                        leaving)));
        for (var table : before.keySet()) {
            assertThat(given.deleted(leaving)).as("of the plan").containsKey(table);
        }
    }

    private String happens(Random random, Client leaving) throws SQLException {
        return switch (random.nextInt(12)) {
            case 0 -> {
                drive.begin();
                yield "begin";
            }
            case 1 -> {
                isHeld = !isHeld;
                jobs.change(
                        "update wms.tenant set hold_count = %d where tenant_id = ?"
                                .formatted(isHeld ? 1 : 0),
                        leaving);
                yield isHeld ? "hold" : "release";
            }
            case 2 -> {
                isPaused = !isPaused;
                if (isPaused) {
                    platform.operator()
                            .done(PauseDeletions.OPERATION, new PauseDeletions.Request());
                } else {
                    platform.operator()
                            .done(ResumeDeletions.OPERATION, new ResumeDeletions.Request());
                }
                yield isPaused ? "pause" : "resume";
            }
            case 3 -> {
                drive.later(Duration.ofHours(random.nextInt(30)));
                yield "hours";
            }
            case 4 -> {
                if (migrations < 2 && random.nextInt(3) == 0) {
                    migrate();
                    yield "migration";
                }
                yield "no migration";
            }
            case 5 -> {
                var phase = given.phase(leaving);
                if (phase.equals("VERIFYING")) {
                    scans(leaving, 3);
                    yield "rows that nobody expects";
                }
                yield "nothing";
            }
            case 6 -> {
                if (given.phase(leaving).equals("none")) {
                    yield "may still ask for an export";
                }
                var answer = leaving.call(RequestExport.OPERATION, new RequestExport.Request());
                assertThat(answer.status()).as("behind the fence").isNotEqualTo(201);
                yield "asks for an export";
            }
            default -> worked(random);
        };
    }

    private String worked(Random random) throws SQLException {
        int transactions = random.nextInt(25);
        int way = random.nextInt(3);
        drive.through(login -> new Mortal(drive.logins().as(login), transactions, way));
        try {
            if (random.nextBoolean()) {
                drive.erase();
            } else {
                drive.look();
            }
        } catch (Killed _) {
            return "dies after " + transactions;
        } finally {
            drive.through(drive.logins());
        }
        return "works";
    }

    private void toTheEnd(Client leaving, List<String> told) throws SQLException {
        jobs.change("update wms.tenant set hold_count = 0 where tenant_id = ?", leaving);
        platform.operator().done(ResumeDeletions.OPERATION, new ResumeDeletions.Request());
        for (int day = 0; day < 6 && !given.phase(leaving).equals("DONE"); day++) {
            drive.begin();
            drive.work();
            drive.later(Duration.ofDays(1));
            told.add(given.phase(leaving));
        }
    }

    private void assertEnded(Client leaving) throws SQLException {
        assertThat(given.phase(leaving)).as(given.problem(leaving)).isEqualTo("DONE");
        assertThat(given.rows(leaving).keySet()).isSubsetOf(GivenEnding.KEPT);
        assertThat(
                        jobs.rows(
                                """
                                select target || ' ' || concat_ws(' ', before, late, deleted, after)
                                  from guard.deletion_step
                                  join guard.deletion_run using (run_id)
                                 where tenant_id = ?
                                   and before + late <> deleted + after
                                """,
                                leaving))
                .isEmpty();
        assertThat(
                        given.only(
                                "select count(*) from guard.deletion_run where certificate is not null and tenant_id = ?",
                                leaving))
                .isEqualTo("1");
    }

    /** A table comes, with the rows of whoever is being deleted. */
    private void migrate() throws SQLException {
        int number = ++migrations;
        drive.superuser(
                """
                create table wms.pallet_%1$d (
                    tenant_id uuid not null default fv.tenant() references wms.tenant,
                    pallet_id uuid not null,
                    primary key (tenant_id, pallet_id));
                alter table wms.pallet_%1$d owner to fv_owner;
                call wms.protect('wms.pallet_%1$d');
                insert into wms.pallet_%1$d
                select tenant_id, gen_random_uuid()
                  from wms.tenant, generate_series(1, 5)
                 where state in ('deletion_scheduled', 'deleting', 'verifying');
                update guard.data_map
                   set version = md5('%1$d') || md5('%1$d'),
                       map = jsonb_set(map, '{tables,wms.pallet_%1$d}', '{"module": "x", "category": "operational", "isolation": "rls_forced", "at_end": "delete", "batch_key": ["tenant_id", "pallet_id"], "columns": {"tenant_id": {"class": "reference"}, "pallet_id": {"class": "reference"}}}');
                select wms.follow_data_map();
                """
                        .formatted(number));
    }

    private long gone(Client leaving) throws SQLException {
        return given.deleted(leaving).values().stream().mapToLong(it -> it).sum();
    }

    private void scans(Client tenant, int rows) throws SQLException {
        jobs.change(
                "insert into wms.scan_event (tenant_id, client_event_id, subject_id, posting_id,"
                        + " made_at) select ?, gen_random_uuid(), gen_random_uuid(),"
                        + " gen_random_uuid(), now() from generate_series(1, "
                        + rows
                        + ")",
                tenant);
    }
}
