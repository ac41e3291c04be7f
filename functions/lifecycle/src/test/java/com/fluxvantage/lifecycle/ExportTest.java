package com.fluxvantage.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.operation.Permission;
import com.fluxvantage.kernel.outside.Bucket;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.GivenWarehouse;
import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.TestPlatform;
import com.fluxvantage.testing.Together;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.URI;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** What an administrator may do with exports of the tenant, and for how long. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ExportTest {
    private final TestPlatform platform = TestPlatform.running("tend-exports", "purge-exports");
    private final Client mine = platform.openTenant();
    private final Jobs jobs = new Jobs(platform);
    private final Exports exports = new Exports(platform);

    @TempDir private Path folder;

    @Test
    void an_export_is_asked_for_made_and_fetched_whole() throws Exception {
        GivenWarehouse.of(mine).item("TEA");

        var export = Exports.request(mine);
        assertThat(Exports.get(mine, export).state()).isEqualTo(ExportState.REQUESTED);
        platform.clockwork().turn();

        var made = Exports.get(mine, export);
        assertThat(made.state()).isEqualTo(ExportState.READY);
        assertThat(made.tablesDone()).isEqualTo(made.tables()).isPositive();
        assertThat(made.rows()).isPositive();
        assertThat(made.files()).isEqualTo(Exports.files(mine, export).size());
        assertThat(exports.faults(mine, export, folder)).isEmpty();
        assertThat(jobs.deadLetters(mine)).isEmpty();
    }

    @Test
    void one_runs_at_a_time() {
        var export = Exports.request(mine);

        var second = mine.call(RequestExport.OPERATION, new RequestExport.Request());

        assertThat(second.code()).isEqualTo("lifecycle.export-running");
        platform.clockwork().turn();
        assertThat(Exports.request(mine)).isNotEqualTo(export);
    }

    @Test
    void of_several_that_are_asked_for_together_one_runs() throws SQLException {
        var answers =
                Together.all(
                        6,
                        _ ->
                                mine.colleague()
                                        .call(RequestExport.OPERATION, new RequestExport.Request())
                                        .status());

        assertThat(answers).containsOnlyOnce(201).containsOnly(201, 409);
        assertThat(jobs.count("wms.export", mine)).isEqualTo(1);
    }

    @Test
    void five_may_be_asked_for_in_a_day() {
        for (int made = 0; made < RequestExport.MOST_A_DAY; made++) {
            cancel(Exports.request(mine));
        }

        var sixth = mine.call(RequestExport.OPERATION, new RequestExport.Request());

        assertThat(sixth.status()).isEqualTo(429);
        assertThat(sixth.code()).isEqualTo("lifecycle.too-many-exports");
        platform.clock().move(Duration.ofHours(24));
        assertThat(Exports.request(mine)).isNotNull();
    }

    @Test
    void an_export_names_the_one_before_it() throws Exception {
        var first = exports.made(mine);
        var second = exports.made(mine);

        assertThat(Exports.get(mine, second).previousExportId()).contains(first);
        assertThat(exports.faults(mine, second, folder)).isEmpty();
        assertThat(java.nio.file.Files.readString(folder.resolve("manifest.json")))
                .contains(
                        "\"previous\":{\"export_id\":\"%s\",\"manifest_sha256\":\"%s\"}"
                                .formatted(
                                        first.uuid(),
                                        Exports.get(mine, first).manifestSha256().orElseThrow()));
    }

    @Test
    void who_is_suspended_or_at_the_end_may_take_the_data_along() throws SQLException {
        for (String state : new String[] {"suspended", "wind_down", "deletion_scheduled"}) {
            enter(state);

            var export = exports.made(mine);

            assertThat(Exports.get(mine, export).state()).isEqualTo(ExportState.READY);
        }
    }

    @Test
    void a_link_shows_its_file_for_a_quarter_of_an_hour() {
        var export = exports.made(mine);
        var file = Exports.files(mine, export).getFirst();
        var minted = Exports.mint(mine, export, file.fileId());

        platform.clock().move(MintDownload.VALIDITY.minusSeconds(2));
        assertThat(follow(minted.link())).isPresent();
        platform.clock().move(Duration.ofSeconds(4));
        assertThat(follow(minted.link())).isEmpty();
    }

    @Test
    void a_link_that_was_changed_shows_nothing() {
        var export = exports.made(mine);
        var files = Exports.files(mine, export);
        var link = Exports.mint(mine, export, files.getFirst().fileId()).link();

        assertThat(follow(link.replace(files.getFirst().path(), files.getLast().path()))).isEmpty();
        assertThat(follow(link.replace("until=", "until=9"))).isEmpty();
    }

    @Test
    void each_link_is_on_record_with_who_took_which_file() throws SQLException {
        var export = exports.made(mine);
        var file = Exports.files(mine, export).getFirst();

        var colleague = mine.colleague();
        Exports.mint(colleague, export, file.fileId());
        Exports.mint(colleague, export, file.fileId());

        assertThat(
                        jobs.rows(
                                "select actor || ' ' || subject_type || ' ' || subject_id from"
                                        + " wms.audit_entry where tenant_id = ? and action ="
                                        + " 'mint-download'",
                                mine))
                .hasSize(2)
                .containsOnly(
                        "member:%s export-file %s"
                                .formatted(colleague.actor().id(), file.fileId().uuid()));
    }

    @Test
    void a_link_is_kept_nowhere() throws SQLException {
        var export = exports.made(mine);
        var minted = Exports.mint(mine, export, Exports.files(mine, export).getFirst().fileId());
        var signature = minted.link().substring(minted.link().indexOf("signature=") + 10);

        assertThat(platform.database().serverLog()).doesNotContain(signature);
        for (String table : jobs.rows(TEXT_OF_ALL_TABLES, mine)) {
            assertThat(
                            jobs.rows(
                                    "select count(*) from "
                                            + table
                                            + " as kept where tenant_id = ? and kept::text like '%"
                                            + signature
                                            + "%'",
                                    mine))
                    .as(table)
                    .containsExactly("0");
        }
        assertThat(minted.toString()).doesNotContain(signature);
    }

    private static final String TEXT_OF_ALL_TABLES =
            """
            select oid::regclass::text
              from pg_class
             where relnamespace = 'wms'::regnamespace
               and relkind in ('r', 'p')
               and not relispartition
               and cast(? as uuid) is not null
            """;

    @Test
    void an_export_is_there_for_seven_days_and_gone_the_night_after() throws SQLException {
        var export = exports.made(mine);
        var made = Exports.get(mine, export);
        var file = Exports.files(mine, export).getFirst();
        assertThat(Duration.between(made.readyAt().orElseThrow(), made.expiresAt().orElseThrow()))
                .isEqualTo(Duration.ofDays(7));

        moveTo(made.expiresAt().orElseThrow().minusSeconds(2));
        assertThat(Exports.mint(mine, export, file.fileId()).path()).isEqualTo(file.path());
        moveTo(made.expiresAt().orElseThrow().plusSeconds(1));
        var tooLate =
                mine.call(MintDownload.OPERATION, new MintDownload.Request(export, file.fileId()));
        assertThat(tooLate.code()).isEqualTo("lifecycle.export-not-ready");

        // By the database's clock nothing of it has moved for a quarter of an hour.
        jobs.change(
                "update wms.export set moved_at = moved_at - interval '1 hour' where tenant_id = ?",
                mine);
        jobs.untilMorning();
        jobs.untilMorning();
        assertThat(Exports.get(mine, export).state()).isEqualTo(ExportState.PURGED);
        assertThat(versions()).isZero();
    }

    @Test
    void at_the_end_of_a_tenant_it_is_there_for_thirty_days() throws SQLException {
        enter("wind_down");

        var made = Exports.get(mine, exports.made(mine));

        assertThat(Duration.between(made.readyAt().orElseThrow(), made.expiresAt().orElseThrow()))
                .isEqualTo(Duration.ofDays(30));
    }

    @Test
    void where_nothing_can_be_written_all_tables_are_of_one_moment() throws SQLException {
        assertThat(Exports.get(mine, exports.made(mine)).consistency())
                .contains(ExportConsistency.PER_TABLE);

        enter("wind_down");

        assertThat(Exports.get(mine, exports.made(mine)).consistency())
                .contains(ExportConsistency.FROZEN);
    }

    @Test
    void a_tenant_that_went_back_to_work_while_it_ran_has_no_frozen_export() throws SQLException {
        enter("wind_down");
        var export = Exports.request(mine);
        var back = new boolean[1];
        try (var worker =
                exports.worker(
                        new Exports.Fate() {
                            @Override
                            public void before(String act) {
                                if (!back[0]) {
                                    back[0] = true;
                                    backToWork();
                                }
                            }
                        })) {
            assertThat(worker.takeRequest(mine, export)).isTrue();
        }

        assertThat(Exports.get(mine, export).consistency()).contains(ExportConsistency.PER_TABLE);
    }

    private void backToWork() {
        try {
            jobs.change(
                    "update wms.tenant set state = 'active', generation = generation + 1 where"
                            + " tenant_id = ?",
                    mine);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void one_that_was_cancelled_is_made_no_further_and_its_files_go() throws SQLException {
        var export = Exports.request(mine);
        var seen = new int[1];
        try (var worker =
                exports.worker(
                        new Exports.Fate() {
                            @Override
                            public void after(String act) {
                                if (++seen[0] == 2) {
                                    cancel(export);
                                }
                            }
                        })) {
            assertThat(worker.takeRequest(mine, export)).isFalse();
            assertThat(worker.takeRequest(mine, export)).isTrue();
        }

        var cancelled = Exports.get(mine, export);
        assertThat(cancelled.state()).isEqualTo(ExportState.CANCELLED);
        assertThat(cancelled.files()).isEqualTo(1);
        assertThat(versions()).isEqualTo(2);
        var again = mine.call(CancelExport.OPERATION, new CancelExport.Request(export));
        assertThat(again.code()).isEqualTo("lifecycle.export-ended");

        // A run might still be at it: not before it is certainly over.
        jobs.untilMorning();
        assertThat(versions()).isEqualTo(2);
        jobs.change(
                "update wms.export set moved_at = moved_at - interval '16 minutes' where tenant_id = ?",
                mine);
        jobs.later(Duration.ofDays(1));
        assertThat(versions()).isZero();
    }

    @Test
    void of_another_tenant_there_is_nothing_to_find() {
        var export = exports.made(mine);
        var file = Exports.files(mine, export).getFirst();
        var theirs = platform.openTenant();

        assertThat(theirs.call(GetExport.OPERATION, new GetExport.Request(export)).status())
                .isEqualTo(404);
        assertThat(
                        theirs.call(
                                        SearchExportFiles.OPERATION,
                                        new SearchExportFiles.Request(
                                                export, Optional.empty(), Optional.empty()))
                                .status())
                .isEqualTo(404);
        assertThat(
                        theirs.call(
                                        MintDownload.OPERATION,
                                        new MintDownload.Request(export, file.fileId()))
                                .status())
                .isEqualTo(404);
        assertThat(theirs.call(CancelExport.OPERATION, new CancelExport.Request(export)).status())
                .isEqualTo(404);
        assertThat(
                        theirs.done(
                                        SearchExports.OPERATION,
                                        new SearchExports.Request(
                                                Optional.empty(), Optional.empty()))
                                .items())
                .isEmpty();
    }

    @Test
    void a_tenant_that_ends_has_its_data_once_an_export_is_ready_since_then() throws SQLException {
        assertThat(standing()).isEqualTo("NONE");
        var export = Exports.request(mine);
        assertThat(standing()).isEqualTo("RUNNING");
        platform.clockwork().turn();
        assertThat(standing()).as("what is of an earlier day counts for nothing").isEqualTo("NONE");

        jobs.change(
                "update wms.tenant set state = 'wind_down', terminates_at = (select as_of + interval '1"
                        + " second' from wms.export where export_id = '"
                        + export.uuid()
                        + "') where tenant_id = ?",
                mine);
        assertThat(standing()).isEqualTo("NONE");
        jobs.change(
                "update wms.tenant set terminates_at = (select as_of from wms.export where export_id = '"
                        + export.uuid()
                        + "') where tenant_id = ?",
                mine);
        assertThat(standing()).isEqualTo("SUCCEEDED");
        jobs.change(
                "update wms.tenant set terminates_at = terminates_at + interval '1 s' where"
                        + " tenant_id = ?",
                mine);
        assertThat(standing()).isEqualTo("NONE");

        cancel(Exports.request(mine));
        assertThat(standing()).isEqualTo("NONE");
        Exports.request(mine);
        jobs.change(
                "update wms.export set state = 'FAILED', ended_at = now() where tenant_id = ? and"
                        + " state = 'REQUESTED'",
                mine);
        assertThat(standing()).isEqualTo("FAILED");
        jobs.later(Duration.ofMinutes(1));
        var next = exports.made(mine);
        assertThat(Exports.get(mine, next).state()).isEqualTo(ExportState.READY);
        assertThat(standing()).isEqualTo("SUCCEEDED");
    }

    private String standing() throws SQLException {
        return jobs.rows("select (guard.export_standing(?)).standing", mine).getFirst();
    }

    @Test
    void only_an_administrator_exports() {
        var picker = mine.with(Permission.ORDERS_PICK);

        assertThat(picker.call(RequestExport.OPERATION, new RequestExport.Request()).status())
                .isEqualTo(403);
    }

    @Test
    void a_file_of_another_export_is_not_fetched_through_this_one() {
        var first = exports.made(mine);
        var second = exports.made(mine);
        var file = Exports.files(mine, second).getFirst();

        assertThat(
                        mine.call(
                                        MintDownload.OPERATION,
                                        new MintDownload.Request(first, file.fileId()))
                                .status())
                .isEqualTo(404);
    }

    private void cancel(ExportId export) {
        assertThat(mine.call(CancelExport.OPERATION, new CancelExport.Request(export)).status())
                .isEqualTo(200);
    }

    private Optional<?> follow(String link) {
        return platform.ports().objects(Bucket.EXPORTS).follow(URI.create(link));
    }

    private int versions() {
        return platform.ports()
                .objects(Bucket.EXPORTS)
                .countVersions("t/" + mine.tenant().uuid() + "/");
    }

    private void moveTo(Instant time) {
        platform.clock()
                .move(
                        Duration.between(platform.clock().instant(), time)
                                .truncatedTo(ChronoUnit.SECONDS));
    }

    private void enter(String state) throws SQLException {
        jobs.change("update wms.tenant set state = '" + state + "' where tenant_id = ?", mine);
    }
}
