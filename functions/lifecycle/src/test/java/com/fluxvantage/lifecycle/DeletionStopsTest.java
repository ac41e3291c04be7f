package com.fluxvantage.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fluxvantage.kernel.outside.DatabaseLogin;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/** What keeps a deletion from beginning, stops it, and sends it back to work. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class DeletionStopsTest {
    private static final String HOLD =
            "update wms.tenant set hold_count = hold_count + 1 where tenant_id = ?";
    private static final String RELEASE =
            "update wms.tenant set hold_count = hold_count - 1 where tenant_id = ?";

    private final TestPlatform platform = GivenEnding.platform();
    private final GivenEnding given = new GivenEnding(platform);
    private final Jobs jobs = new Jobs(platform);
    private final Drive drive = new Drive(platform);

    @AfterEach
    void close() {
        drive.close();
    }

    private Client fencedAndSeen() throws SQLException {
        var leaving = given.due();
        assertThat(drive.begin()).isEqualTo("BEGUN");
        drive.fence();
        drive.look();
        assertThat(given.phase(leaving)).isEqualTo("COMPARING");
        return leaving;
    }

    @Test
    void a_tenant_that_is_held_is_not_begun_and_is_once_it_is_released() throws SQLException {
        var leaving = given.due();
        jobs.change(HOLD, leaving);
        assertThat(drive.begin()).isEqualTo("HELD");
        assertThat(given.state(leaving)).isEqualTo("deletion_scheduled");

        jobs.change(RELEASE, leaving);
        assertThat(drive.begin()).isEqualTo("BEGUN");
    }

    @Test
    void a_hold_in_the_midst_of_it_stops_it_and_the_report_says_what_is_gone() throws SQLException {
        var leaving = fencedAndSeen();
        bulk(leaving, 30_000);
        jobs.change(
                "update guard.deletion_step set before = null, is_compared = false from guard.deletion_run as run where run.run_id = deletion_step.run_id and run.tenant_id = ? and target = 'wms.scan_event'",
                leaving);
        drive.superuser("update guard.deletion_run set phase = 'SIGHTING'");
        drive.look();
        var before = given.rows(leaving);
        jobs.change(
                "update guard.deletion_step set batch = 100 from guard.deletion_run as run where run.run_id = deletion_step.run_id and run.tenant_id = ?",
                leaving);
        var lease = drive.lease("COMPARING").orElseThrow();
        var worker =
                CompletableFuture.supplyAsync(() ->
                        new Erasing(drive.logins().as(DatabaseLogin.ERASER), lease)
                                .workFor(Drive.ENOUGH));
        while (given.deleted(leaving).values().stream().mapToLong(it -> it).sum() == 0) {
            Thread.onSpinWait();
        }

        jobs.change(HOLD, leaving);
        var atTheHold = given.rows(leaving);

        assertThat(worker.join().ending()).isEqualTo("HELD");
        assertThat(given.rows(leaving)).isEqualTo(atTheHold);
        assertThat(atTheHold).isNotEqualTo(before);
        var deleted = given.deleted(leaving);
        before.forEach((table, rows) ->
                assertThat(deleted.getOrDefault(table, 0L) + atTheHold.getOrDefault(table, 0L))
                        .as(table)
                        .isEqualTo(rows));

        jobs.change(RELEASE, leaving);
        toTheEnd();
        assertThat(given.phase(leaving)).isEqualTo("DONE");
        assertThat(
                        given.only(
                                "select holds_seen from guard.deletion_run where tenant_id = ?",
                                leaving))
                .isEqualTo("1");
    }

    @Test
    void no_batch_is_committed_after_a_hold_wherever_it_falls() throws Exception {
        var leaving = fencedAndSeen();
        bulk(leaving, 60_000);
        jobs.change(
                "update guard.deletion_step set before = null from guard.deletion_run as run where run.run_id = deletion_step.run_id and run.tenant_id = ? and target = 'wms.scan_event'",
                leaving);
        drive.superuser("update guard.deletion_run set phase = 'SIGHTING'");
        drive.look();
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int time = 0; time < 40; time++) {
            drive.superuser("update guard.deletion_step set batch = 100");
            var lease = drive.lease("COMPARING", "DELETING");
            if (lease.isEmpty()) {
                break;
            }
            var worker =
                    CompletableFuture.supplyAsync(() ->
                            new Erasing(drive.logins().as(DatabaseLogin.ERASER), lease.get())
                                    .workFor(Drive.ENOUGH));
            long until = System.nanoTime() + random.nextLong(30_000_000);
            while (System.nanoTime() < until) {
                Thread.onSpinWait();
            }
            jobs.change(HOLD, leaving);
            var atTheHold = given.rows(leaving);
            worker.join();
            assertThat(given.rows(leaving)).as("seed %d, time %d", seed, time).isEqualTo(atTheHold);
            jobs.change(RELEASE, leaving);
        }
    }

    @Test
    void the_switch_stops_what_runs_and_what_is_due() throws SQLException {
        var running = fencedAndSeen();
        var before = given.rows(running);
        var lease = drive.lease("COMPARING").orElseThrow();
        platform.operator().done(PauseDeletions.OPERATION, new PauseDeletions.Request());

        assertThat(
                        new Erasing(drive.logins().as(DatabaseLogin.ERASER), lease)
                                .workFor(Drive.ENOUGH)
                                .ending())
                .isEqualTo("PAUSED");
        assertThat(drive.lease("COMPARING", "DELETING")).isEmpty();
        assertThat(given.rows(running)).isEqualTo(before);
        var due = given.due();
        assertThat(drive.begin()).isEqualTo("PAUSED");
        assertThat(given.state(due)).isEqualTo("deletion_scheduled");
        assertThat(search().isPaused()).isTrue();

        platform.operator().done(ResumeDeletions.OPERATION, new ResumeDeletions.Request());

        assertThat(search().isPaused()).isFalse();
        toTheEnd();
        assertThat(given.phase(running)).isEqualTo("DONE");
        assertThat(search().items()).isEmpty();
    }

    @Test
    void those_that_are_not_over_are_found_with_what_keeps_them() throws SQLException {
        var leaving = fencedAndSeen();
        drive.erase();
        drive.superuser("create table wms.pallet (tenant_id uuid)");
        drive.look();
        var held = given.due();
        drive.superuser("drop table wms.pallet");
        assertThat(drive.begin()).isEqualTo("BEGUN");

        assertThat(search().items())
                .extracting(SearchDeletions.Deletion::tenantId)
                .containsExactly(leaving.tenant(), held.tenant());
        assertThat(search().items().getFirst().problem().orElseThrow()).startsWith("MAP");
        assertThat(search().items().getLast().problem()).isEmpty();
        assertThat(
                        leaving.call(
                                        SearchDeletions.OPERATION,
                                        new SearchDeletions.Request(
                                                Optional.empty(), Optional.empty()))
                                .status())
                .isIn(401, 403);
    }

    private SearchDeletions.Result search() {
        return platform.operator()
                .done(
                        SearchDeletions.OPERATION,
                        new SearchDeletions.Request(Optional.empty(), Optional.empty()));
    }

    @Test
    void no_more_begin_in_a_day_than_may() throws SQLException {
        drive.superuser("update guard.deletion_switch set most_a_day = 1");
        given.due();
        given.due();

        assertThat(drive.begin()).isEqualTo("BEGUN, ENOUGH_TODAY");
        drive.later(Duration.ofHours(25));
        assertThat(drive.begin()).isEqualTo("BEGUN");
    }

    @Test
    void a_table_that_the_map_lacks_keeps_it_from_beginning_and_is_named() throws SQLException {
        var leaving = given.due();
        drive.superuser("create table wms.pallet (tenant_id uuid)");

        assertThat(drive.begin()).isEqualTo("MAP: The table wms.pallet is not in the data map.");
        assertThat(given.state(leaving)).isEqualTo("deletion_scheduled");
        assertThat(given.phase(leaving)).isEqualTo("none");
    }

    @Test
    void a_table_that_comes_in_the_midst_of_it_keeps_the_second_look_from_ending()
            throws SQLException {
        var leaving = fencedAndSeen();
        drive.erase();
        drive.superuser("create table wms.pallet (tenant_id uuid)");

        assertThat(drive.look().ending()).isEqualTo("BLOCKED");
        assertThat(given.problem(leaving)).startsWith("MAP");
        assertThat(given.state(leaving)).isEqualTo("verifying");
    }

    @Test
    void a_migration_that_brings_a_table_joins_the_plan_and_the_table_is_emptied_too()
            throws SQLException {
        var leaving = fencedAndSeen();
        drive.erase();
        assertThat(given.phase(leaving)).isEqualTo("VERIFYING");
        drive.superuser(
                """
                create table wms.pallet (
                    tenant_id uuid not null default fv.tenant() references wms.tenant,
                    pallet_id uuid not null,
                    primary key (tenant_id, pallet_id));
                alter table wms.pallet owner to fv_owner;
                call wms.protect('wms.pallet');
                insert into wms.pallet select tenant_id, gen_random_uuid() from guard.deletion_run, generate_series(1, 7);
                update guard.data_map
                   set version = repeat('a', 64),
                       map = jsonb_set(map, '{tables,wms.pallet}', '{"module": "x", "category": "operational", "isolation": "rls_forced", "at_end": "delete", "batch_key": ["tenant_id", "pallet_id"], "columns": {"tenant_id": {"class": "reference"}, "pallet_id": {"class": "reference"}}}');
                select wms.follow_data_map();
                """);

        toTheEnd();

        assertThat(given.phase(leaving)).isEqualTo("DONE");
        assertThat(given.deleted(leaving)).containsEntry("wms.pallet", 7L);
        assertThat(jobs.count("wms.pallet", leaving)).isZero();
        assertThat(
                        given.only(
                                "select map_version from guard.deletion_run where tenant_id = ?",
                                leaving))
                .isEqualTo("a".repeat(64));
    }

    @Test
    void tables_that_refer_to_each_other_in_a_circle_are_named() throws SQLException {
        given.due();
        drive.superuser(
                """
                alter table wms.item add column home uuid;
                alter table wms.item add foreign key (tenant_id, home) references wms.location;
                update guard.data_map set map = jsonb_set(map, '{tables,wms.item,columns,home}', '{"class": "reference"}');
                """);

        assertThat(drive.begin())
                .startsWith("CIRCLE")
                .contains("wms.item", "wms.location")
                .doesNotContain("wms.member");
    }

    @Test
    void people_in_a_table_that_is_kept_keep_it_from_beginning() throws SQLException {
        given.due();
        drive.superuser(
                "update guard.data_map set map = jsonb_set(map, '{tables,wms.member,at_end}',"
                        + " '\"retain\"')");

        assertThat(drive.begin()).isEqualTo("PERSONAL: people stand in what is kept: wms.member");
    }

    @Test
    void a_verifier_that_has_lost_its_sight_of_a_table_is_noticed_before_anything_goes()
            throws SQLException {
        var leaving = given.due();
        drive.superuser("alter policy tenant_isolation on wms.item to fv_api, fv_eraser");
        assertThat(drive.begin())
                .isEqualTo("SIGHT: the eraser or the verifier sees nothing of wms.item");
        drive.superuser(
                "alter policy tenant_isolation on wms.item to fv_api, fv_eraser, fv_verifier");
        assertThat(drive.begin()).isEqualTo("BEGUN");
        var before = given.rows(leaving);
        drive.superuser("alter policy tenant_isolation on wms.item to fv_api, fv_eraser");
        drive.work();

        assertThat(given.problem(leaving))
                .isEqualTo("BLIND: of wms.item the verifier sees 0 and the eraser 2.");
        assertThat(given.rows(leaving)).isEqualTo(before);

        drive.superuser(
                "alter policy tenant_isolation on wms.item to fv_api, fv_eraser, fv_verifier");
        toTheEnd();
        assertThat(given.phase(leaving)).isEqualTo("DONE");
    }

    @Test
    void what_is_found_at_a_look_is_removed_and_counted_as_late() throws SQLException {
        var leaving = fencedAndSeen();
        drive.erase();
        bulk(leaving, 3);

        assertThat(drive.look().isResidue()).isTrue();
        assertThat(given.state(leaving)).isEqualTo("deleting");
        assertThat(given.problem(leaving))
                .isEqualTo("RESIDUE: 3 rows in wms.scan_event after its end.");

        toTheEnd();
        assertThat(given.phase(leaving)).isEqualTo("DONE");
        assertThat(
                        given.only(
                                "select late from guard.deletion_step join guard.deletion_run using"
                                        + " (run_id) where target = 'wms.scan_event' and tenant_id = ?",
                                leaving))
                .isEqualTo("3");
    }

    @Test
    void the_second_look_is_a_day_after_the_first() throws SQLException {
        var leaving = fencedAndSeen();
        drive.work();
        assertThat(given.phase(leaving)).isEqualTo("VERIFYING");
        drive.later(Duration.ofDays(1).minusSeconds(1));
        drive.work();
        assertThat(given.phase(leaving)).isEqualTo("VERIFYING");

        drive.later(Duration.ofSeconds(1));
        drive.work();
        assertThat(given.phase(leaving)).isEqualTo("DONE");
    }

    /** One that has written nothing yet has no transaction id that could be waited for. */
    @Test
    void the_fence_waits_for_a_transaction_that_was_there_before_and_has_written_nothing()
            throws SQLException {
        var leaving = given.due();
        try (var earlier = platform.database().as("fv_api_ro")) {
            earlier.setAutoCommit(false);
            earlier.createStatement().execute("select 1");
            drive.begin();

            assertThat(drive.erase().ending()).isEqualTo("WAIT");
            assertThat(drive.erase().ending()).isEqualTo("WAIT");
            assertThat(given.phase(leaving)).isEqualTo("FENCING");

            earlier.rollback();
            assertThat(drive.fence().ending()).isEqualTo("ELSEWHERE");
            assertThat(given.phase(leaving)).isEqualTo("SIGHTING");
        }
    }

    @Test
    void is_taken_back_before_the_first_row_goes_and_not_after() throws SQLException {
        var leaving = fencedAndSeen();
        var before = given.rows(leaving);
        assertThat(stop(leaving)).isEqualTo("200");
        assertThat(given.state(leaving)).isEqualTo("deletion_scheduled");
        drive.work();
        assertThat(without(given.rows(leaving), "wms.tenant_course"))
                .isEqualTo(without(before, "wms.tenant_course"));

        // A week is left to read of it and to come back.
        drive.later(Duration.ofDays(7).minusSeconds(60));
        assertThat(drive.begin()).isNull();
        drive.later(Duration.ofSeconds(61));
        assertThat(drive.begin()).isEqualTo("BEGUN");
        drive.work();
        assertThat(stop(leaving)).isEqualTo("lifecycle.rows-gone");
    }

    @Test
    void a_tenant_whose_deletion_was_stopped_may_come_back_as_it_was() throws SQLException {
        var leaving = fencedAndSeen();
        assertThat(stop(leaving)).isEqualTo("200");
        jobs.change("update wms.tenant set returns_to = 'active' where tenant_id = ?", leaving);

        leaving.done(ReactivateTenant.OPERATION, new ReactivateTenant.Request());

        assertThat(given.state(leaving)).isEqualTo("active");
        assertThat(
                        jobs.rows(
                                "select event || ' ' || from_state || ' ' || to_state from"
                                        + " wms.tenant_course where tenant_id = ? order by course_no",
                                leaving))
                .containsExactly(
                        "start-deletion deletion_scheduled deleting",
                        "stop-deletion deleting deletion_scheduled",
                        "reactivate deletion_scheduled active");
    }

    @Test
    void only_what_runs_is_stopped_and_only_by_an_operator() throws SQLException {
        var working = given.working();
        assertThat(stop(working)).isEqualTo("lifecycle.not-in-this-state");
        assertThat(
                        working.call(
                                        StopDeletion.OPERATION,
                                        new StopDeletion.Request(working.tenant()))
                                .status())
                .isIn(401, 403);
        assertThat(
                        platform.operator()
                                .call(
                                        StopDeletion.OPERATION,
                                        new StopDeletion.Request(
                                                new com.fluxvantage.kernel.tenancy.TenantId(
                                                        java.util.UUID.randomUUID())))
                                .status())
                .isEqualTo(404);
    }

    /**
     * Whoever reactivates raises the generation; the run that began before is on another course.
     */
    @Test
    void another_course_of_the_tenant_makes_the_run_inert() throws SQLException {
        var leaving = fencedAndSeen();
        var before = given.rows(leaving);
        jobs.change(
                "update wms.tenant set generation = generation + 1 where tenant_id = ?", leaving);

        assertThat(drive.erase().ending()).isEqualTo("STALE");
        assertThat(given.rows(leaving)).isEqualTo(before);
    }

    @Test
    void neither_login_enters_a_tenant_that_is_not_being_deleted_or_does_what_is_not_its_own()
            throws SQLException {
        var staying = given.working();
        var leaving = fencedAndSeen();
        var run = given.only("select run_id from guard.deletion_run where tenant_id = ?", leaving);
        for (var role : new String[] {"fv_eraser", "fv_verifier"}) {
            refused(role, "28000", "select fv.enter_deletion(gen_random_uuid())");
            refused(role, "28000", "select count(*) from wms.item");
            refused(role, "42501", enter(run) + "insert into wms.item default values");
            refused(role, "42501", enter(run) + "update wms.item set sku = 'X'");
            refused(role, "42501", enter(run) + "delete from wms.audit_entry");
            refused(role, "42501", enter(run) + "delete from wms.tenant");
            refused(role, "42501", "select fv.delegate_job('delete-tenants', fv.uuid7())");
            refused(role, "42501", "select * from guard.deletion_run");
        }
        refused("fv_verifier", "42501", enter(run) + "delete from wms.item");
        refused("fv_worker", "42501", "select fv.enter_deletion('" + run + "')");
        refused("fv_eraser", "42501", "select fv.witness(null, 0, '', '', 0, '')");

        // What it may, it may with the one tenant's rows alone.
        try (var eraser = platform.database().as("fv_eraser")) {
            eraser.setAutoCommit(false);
            var statement = eraser.createStatement();
            statement.execute("select fv.enter_deletion('" + run + "')");
            statement.execute("delete from wms.scan_event");
            eraser.commit();
        }
        assertThat(jobs.count("wms.scan_event", leaving)).isZero();
        assertThat(jobs.count("wms.scan_event", staying)).isPositive();
    }

    private static String enter(String run) {
        return "select fv.enter_deletion('" + run + "'); ";
    }

    private void refused(String role, String state, String sql) throws SQLException {
        try (var connection = platform.database().as(role);
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            assertThatThrownBy(() -> statement.execute(sql))
                    .as(role + " " + sql)
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(state));
        }
    }

    private String stop(Client tenant) {
        drive.catchUp();
        var answer =
                platform.operator()
                        .call(StopDeletion.OPERATION, new StopDeletion.Request(tenant.tenant()));
        return answer.status() == 200 ? "200" : answer.code();
    }

    private static Map<String, Long> without(Map<String, Long> rows, String table) {
        var rest = new java.util.TreeMap<>(rows);
        rest.remove(table);
        return rest;
    }

    private void toTheEnd() throws SQLException {
        drive.work();
        drive.later(Duration.ofDays(1));
        drive.work();
    }

    private void bulk(Client tenant, int rows) throws SQLException {
        jobs.change(
                "insert into wms.scan_event (tenant_id, client_event_id, subject_id, posting_id,"
                        + " made_at) select ?, gen_random_uuid(), gen_random_uuid(),"
                        + " gen_random_uuid(), now() from generate_series(1, "
                        + rows
                        + ")",
                tenant);
    }
}
