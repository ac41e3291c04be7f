package com.fluxvantage.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fluxvantage.kernel.outside.Bucket;
import com.fluxvantage.kernel.outside.Unreachable;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.GivenWarehouse;
import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.TestPlatform;
import com.fluxvantage.testing.Together;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Whatever dies, stops or comes twice while an export is made: it is whole in the end. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ExportSurvivesTest {
    private final TestPlatform platform = TestPlatform.running("tend-exports", "purge-exports");
    private final Client mine = platform.openTenant();
    private final Jobs jobs = new Jobs(platform);
    private final Exports exports = new Exports(platform);

    @TempDir private Path folder;

    @BeforeEach
    void a_warehouse() {
        GivenWarehouse.of(mine).item("TEA");
    }

    /** Killed at the n-th point, counted before and after each act outside. */
    private static final class KilledAt implements Exports.Fate {
        private final int point;
        private final AtomicInteger passed = new AtomicInteger();

        private KilledAt(int point) {
            this.point = point;
        }

        @Override
        public void before(String act) {
            pass();
        }

        @Override
        public void after(String act) {
            pass();
        }

        private void pass() {
            if (passed.incrementAndGet() == point) {
                throw new Exports.Killed();
            }
        }
    }

    @Test
    void killed_at_one_point_or_another_it_is_resumed_and_whole() throws Exception {
        var counting = new KilledAt(-1);
        var first = Exports.request(mine);
        try (var worker = exports.worker(counting)) {
            assertThat(worker.takeRequest(mine, first)).isTrue();
        }
        int points = counting.passed.get();
        assertThat(points).isGreaterThan(60);

        // Every seventh, so before and after take turns.
        for (int point = 1; point <= points; point += 7) {
            platform.clock().move(Duration.ofHours(5));
            var export = Exports.request(mine);
            try (var worker = exports.worker(new KilledAt(point))) {
                assertThatThrownBy(() -> worker.takeRequest(mine, export))
                        .isInstanceOf(Exports.Killed.class);
            }
            try (var worker = exports.worker(new Exports.Fate() {})) {
                // Until its lease has ended nobody takes over.
                assertThat(worker.takeRequest(mine, export)).as("held at %d", point).isFalse();
                exports.lapse(mine);
                assertThat(worker.takeRequest(mine, export)).as("resumed at %d", point).isTrue();
            }
            assertWhole(export, "point" + point);
        }
    }

    @Test
    void killed_at_every_step_of_one_export_it_is_whole() throws Exception {
        var export = Exports.request(mine);
        int kills = 0;
        boolean isDone = false;
        // Each run gets one act further than the one before it.
        for (int steps = 1; !isDone; steps++) {
            try (var worker = exports.worker(new KilledAt(2 * steps))) {
                isDone = worker.takeRequest(mine, export);
            } catch (Exports.Killed _) {
                kills++;
                exports.lapse(mine);
            }
        }

        assertThat(kills).isGreaterThan(5);
        assertWhole(export, "all");
    }

    @Test
    void a_store_that_is_away_is_waited_for() throws Exception {
        var export = Exports.request(mine);
        try (var worker =
                exports.worker(
                        new Exports.Fate() {
                            @Override
                            public void before(String act) {
                                throw new Unreachable("S3", new IOException("away"));
                            }
                        })) {
            assertThat(worker.takeRequest(mine, export)).isFalse();
        }
        exports.lapse(mine);
        platform.clockwork().turn();

        assertWhole(export, "back");
    }

    @Test
    void an_event_that_comes_again_does_nothing_more() throws Exception {
        var export = exports.made(mine);
        var made = Exports.get(mine, export);

        try (var worker =
                exports.worker(
                        new Exports.Fate() {
                            @Override
                            public void before(String act) {
                                throw new AssertionError("nothing is done twice: " + act);
                            }
                        })) {
            assertThat(worker.takeRequest(mine, export)).isTrue();
        }

        assertThat(Exports.get(mine, export)).isEqualTo(made);
    }

    @Test
    void of_two_workers_with_the_same_event_one_does_each_step() throws Exception {
        var export = Exports.request(mine);
        while (Exports.get(mine, export).state() != ExportState.READY) {
            Together.all(
                    2,
                    _ -> {
                        try (var worker = exports.worker(new Exports.Fate() {})) {
                            return worker.takeRequest(mine, export);
                        }
                    });
        }

        assertWhole(export, "two");
    }

    @Test
    void who_has_slept_through_its_lease_records_nothing_and_spoils_nothing() throws Exception {
        var export = Exports.request(mine);
        var sleeps = new CountDownLatch(1);
        var wakes = new CountDownLatch(1);
        var slow =
                exports.worker(
                        new Exports.Fate() {
                            @Override
                            public void before(String act) {
                                sleeps.countDown();
                                try {
                                    wakes.await();
                                } catch (InterruptedException e) {
                                    throw new AssertionError(e);
                                }
                            }
                        });
        var sleeper = Thread.ofPlatform().start(() -> slow.takeRequest(mine, export));
        sleeps.await();
        exports.lapse(mine);
        try (var worker = exports.worker(new Exports.Fate() {})) {
            assertThat(worker.takeRequest(mine, export)).isTrue();
        }
        var made = Exports.get(mine, export);

        wakes.countDown();
        sleeper.join();
        slow.close();

        assertThat(Exports.get(mine, export)).isEqualTo(made);
        assertWhole(export, "slept");
        // Its piece lies where nobody looks, and goes with the others.
        assertThat(
                        platform.ports()
                                .objects(Bucket.EXPORTS)
                                .countVersions("t/" + mine.tenant().uuid() + "/"))
                .isEqualTo(made.files() + 1);
    }

    @Test
    void a_map_that_is_not_what_the_database_has_stops_it_until_they_agree() throws Exception {
        execute("alter table wms.item add column colour text");
        var export = Exports.request(mine);
        platform.clockwork().turn();
        assertThat(Exports.get(mine, export).state()).isEqualTo(ExportState.REQUESTED);

        execute("alter table wms.item drop column colour");
        exports.lapse(mine);
        try (var worker = exports.worker(new Exports.Fate() {})) {
            assertThat(worker.takeRequest(mine, export)).isTrue();
        }

        assertWhole(export, "agreed");
    }

    @Test
    void a_map_that_changes_meanwhile_begins_it_anew() throws Exception {
        var export = Exports.request(mine);
        try (var worker = exports.worker(new KilledAt(5))) {
            assertThatThrownBy(() -> worker.takeRequest(mine, export))
                    .isInstanceOf(Exports.Killed.class);
        }
        jobs.change(
                "update wms.export set map_version = repeat('0', 64), leased_until = null where"
                        + " tenant_id = ?",
                mine);
        platform.clock().move(Duration.ofMinutes(1));
        platform.clockwork().turn();

        assertWhole(export, "anew");
    }

    @Test
    void one_that_is_stuck_is_set_going_again_by_night() throws Exception {
        var export = Exports.request(mine);
        try (var worker = exports.worker(new KilledAt(3))) {
            assertThatThrownBy(() -> worker.takeRequest(mine, export))
                    .isInstanceOf(Exports.Killed.class);
        }
        // What would have come again has been given up.
        jobs.change("delete from wms.outbox where tenant_id = ? and type like 'export.%'", mine);
        stall();

        jobs.untilMorning();

        assertWhole(export, "night");
    }

    @Test
    void one_that_cannot_be_made_has_failed_after_three_nights_more() throws Exception {
        var export = Exports.request(mine);
        jobs.change("delete from wms.outbox where tenant_id = ? and type like 'export.%'", mine);
        execute("alter table wms.item add column colour text");
        for (int night = 0; night <= TendExports.MOST_RESTARTS; night++) {
            assertThat(Exports.get(mine, export).state()).isEqualTo(ExportState.REQUESTED);
            stall();
            jobs.untilMorning();
        }

        assertThat(Exports.get(mine, export).state()).isEqualTo(ExportState.FAILED);
        execute("alter table wms.item drop column colour");
        assertWhole(exports.made(mine), "next");
    }

    private void stall() throws SQLException {
        jobs.change(
                "update wms.export set moved_at = moved_at - interval '2 hours', leased_until = null"
                        + " where tenant_id = ?",
                mine);
    }

    private void execute(String sql) throws SQLException {
        try (var connection = platform.database().superuser();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void assertWhole(ExportId export, String name) throws IOException {
        var made = Exports.get(mine, export);
        assertThat(made.state()).as(name).isEqualTo(ExportState.READY);
        assertThat(made.files()).as(name).isEqualTo(Exports.files(mine, export).size());
        assertThat(exports.faults(mine, export, folder.resolve(name))).as(name).isEmpty();
    }
}
