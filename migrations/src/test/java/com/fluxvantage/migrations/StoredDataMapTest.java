package com.fluxvantage.migrations;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import java.util.List;
import java.util.Map;

/** The map that a migrated database knows, and what it answers when the catalogue has moved on. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@TestInstance(Lifecycle.PER_CLASS)
class StoredDataMapTest {
    private final CompiledDataMap compiled = CompiledDataMap.read();
    private Database database;
    private Session superuser;

    @BeforeAll
    void migrate() {
        database = Database.migrated();
        superuser = Session.of(database, "postgres");
    }

    @AfterEach
    void undo() {
        superuser.rollback();
    }

    @AfterAll
    void close() {
        superuser.close();
    }

    @Test
    void the_migration_has_stored_the_map_that_it_came_with() {
        try (var worker = Session.of(database, "fv_worker")) {
            assertThat(worker.one("select fv.data_map_version()")).isEqualTo(compiled.version());
            assertThat(worker.one("select fv.require_data_map()")).isEqualTo(compiled.version());
            assertThat(worker.rows("select fv.data_map_differences()")).isEmpty();
        }
    }

    /**
     * The job that exports reads with its own rights, and a table that it may not read fails it.
     */
    @Test
    void whatever_is_exported_the_job_may_read() {
        assertThat(
                        superuser.rows(
                                """
                                select mapped.table_name || '.' || column_name
                                  from fv.mapped_columns() as mapped
                                  join fv.mapped_tables() as named on named.table_name = mapped.table_name
                                 where named.is_fenced
                                   and 'tenant' = any (exported_to)
                                   and not has_column_privilege('fv_worker', mapped.table_name, column_name, 'select')
                                """))
                .isEmpty();
    }

    @Test
    void the_database_knows_of_each_table_what_the_file_says() {
        assertThat(
                        superuser.one(
                                """
                                select category, is_fenced, at_end, batch_key, hold, retention, retention_days, anchor
                                  from fv.mapped_tables()
                                 where table_name = 'wms.idempotency_record'
                                """))
                .isEqualTo("operational t delete {tenant_id,key} {tenant} d30 30 made_at");
        assertThat(superuser.number("select count(*) from fv.mapped_tables()"))
                .isEqualTo(DataMap.read().tables().size());
    }

    @Test
    void the_database_knows_of_each_column_what_the_file_says() {
        assertThat(
                        superuser.rows(
                                """
                                select column_name, class, is_personal, exported_to, erase
                                  from fv.mapped_columns()
                                 where table_name = 'wms.member'
                                   and column_name in ('display_name', 'version')
                                """))
                .containsExactly(
                        "display_name direct_id t {tenant,subject} {\"fixed\": \"(erased)\"}",
                        "version system f {} ");
    }

    @Test
    void a_table_that_the_map_lacks_is_named_and_stops_jobs() {
        superuser.rows("create table wms.pallet (tenant_id uuid)");

        assertThat(superuser.rows("select fv.data_map_differences()"))
                .containsExactly("The table wms.pallet is not in the data map.");
        assertThat(superuser.refusal("select fv.require_data_map()"))
                .startsWith("FV500")
                .contains("wms.pallet");
    }

    @Test
    void a_column_more_or_less_and_a_fence_that_is_gone_are_named() {
        superuser.rows("alter table wms.item add column colour text");
        superuser.rows("alter table wms.item drop column gtin");
        superuser.rows("alter table wms.lot no force row level security");
        superuser.rows("drop table wms.scan_event");

        assertThat(superuser.rows("select fv.data_map_differences()"))
                .containsExactly(
                        "The column wms.item.colour is not in the data map.",
                        "The data map has a column wms.item.gtin that the database has not.",
                        "The data map has a table wms.scan_event that the database has not.",
                        "The table wms.lot is called fenced and is not.");
    }

    @Test
    void another_month_of_the_ledger_and_a_temporary_table_are_no_difference() {
        superuser.rows("select wms.ensure_movement_partitions(30)");
        superuser.rows("create temporary table scratch (id int)");

        assertThat(superuser.rows("select fv.data_map_differences()")).isEmpty();
    }

    @Test
    void a_database_without_a_map_differs_from_every_map() {
        superuser.rows("delete from guard.data_map");

        assertThat(superuser.rows("select fv.data_map_differences()"))
                .containsExactly("There is no data map.");
        assertThat(superuser.refusal("select fv.require_data_map()")).startsWith("FV500");
    }

    @Test
    void a_map_under_the_digest_of_another_is_refused() {
        assertThat(superuser.refusal("select fv.store_data_map(?, ?)", compiled.version(), "{}"))
                .startsWith("22023");
    }

    @Test
    void a_newer_map_takes_the_place_of_the_older_one() {
        var newer = CompiledDataMap.of(Map.of("tables", Map.of(), "vocabulary", Map.of()));
        superuser.rows("select fv.store_data_map(?, ?)", newer.version(), newer.canonical());

        assertThat(superuser.one("select fv.data_map_version()")).isEqualTo(newer.version());
        assertThat(superuser.number("select count(*) from guard.data_map")).isEqualTo(1);
        assertThat(superuser.rows("select fv.data_map_differences()"))
                .contains("The table wms.item is not in the data map.");
    }

    @Test
    void the_text_of_a_map_does_not_depend_on_the_order_in_which_it_was_written() {
        var one = CompiledDataMap.of(Map.of("b", List.of(1, true, "x\"y"), "a", Map.of()));

        assertThat(one.canonical()).isEqualTo("{\"a\":{},\"b\":[1,true,\"x\\\"y\"]}");
    }

    @Test
    void only_the_migrator_stores_a_map() {
        try (var worker = Session.of(database, "fv_worker")) {
            assertThat(
                            worker.refusal(
                                    "select fv.store_data_map(?, ?)",
                                    compiled.version(),
                                    compiled.canonical()))
                    .startsWith("42501");
            assertThat(worker.refusal("select map from guard.data_map")).startsWith("42501");
        }
    }
}
