package com.fluxvantage.migrations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

@DisplayNameGeneration(ReplaceUnderscores.class)
class MigratesFromEmptyTest {
    private static final Path FILES = Path.of("sql");

    @Test
    void
            a_login_that_is_no_superuser_migrates_an_empty_database_and_doing_it_again_changes_nothing()
                    throws IOException {
        var database = Database.empty();

        Migrate.run(database.deployer());
        Migrate.run(database.deployer());

        try (var superuser = Session.of(database, "postgres")) {
            assertThat(
                            superuser.one(
                                    "select rolsuper or rolbypassrls from pg_roles where rolname ="
                                            + " ?",
                                    Database.DEPLOYER))
                    .isEqualTo("f");
            assertThat(
                            superuser.number(
                                    "select count(*) from flyway.flyway_schema_history where"
                                            + " version is not null and success"))
                    .isEqualTo(files().size());
            assertThat(superuser.one("select count(*), min(name), max(name) from wms.tenant"))
                    .isEqualTo("2 Platform Priming");
        }
    }

    @Test
    void a_superuser_may_migrate_too() {
        var database = Database.empty();

        Migrate.run(database.owner("postgres"));

        try (var superuser = Session.of(database, "postgres")) {
            assertThat(
                            superuser.one(
                                    "select relowner::regrole from pg_class where oid ="
                                            + " 'wms.bucket'::regclass"))
                    .isEqualTo("fv_owner");
        }
    }

    @Test
    void an_operator_is_enrolled_once_however_often() {
        var database = Database.migrated();

        Migrate.enrollOperator(database.deployer(), "olga");
        Migrate.enrollOperator(database.deployer(), "olga");

        try (var authorizer = Session.of(database, "fv_authorizer")) {
            assertThat(
                            authorizer.rows(
                                    "select roles, member_state from"
                                            + " fv.find_member('00000000-0000-7000-8000-000000000001',"
                                            + " 'olga')"))
                    .containsExactly("{OPERATOR} ACTIVE");
        }
    }

    @Test
    void the_ledger_has_a_partition_for_this_month_and_the_next_23_and_no_other() {
        var database = Database.migrated();

        try (var superuser = Session.of(database, "postgres")) {
            assertThat(
                            superuser.number(
                                    "select count(*) from pg_inherits where inhparent ="
                                            + " 'wms.movement'::regclass"))
                    .isEqualTo(24);
            assertThat(
                            superuser.one(
                                    "select to_regclass('wms.movement_' || to_char(now() at time"
                                            + " zone 'UTC', 'YYYYMM')) is not null"))
                    .isEqualTo("t");
            assertThat(
                            superuser.one(
                                    "select partdefid from pg_partitioned_table where partrelid ="
                                            + " 'wms.movement'::regclass"))
                    .isEqualTo("0");
        }
        try (var worker = Session.of(database, "fv_worker")) {
            assertThat(worker.number("select wms.ensure_movement_partitions(23)")).isZero();
            assertThat(worker.number("select wms.ensure_movement_partitions(25)")).isEqualTo(2);
            assertThat(worker.refusal("select wms.ensure_movement_partitions(61)"))
                    .startsWith("22023");
        }
    }

    @Test
    void a_backfill_reaches_the_rows_of_every_tenant_and_leaves_no_tenant_entered() {
        var database = Database.migrated();
        House.openedIn(database);
        House.openedIn(database);

        try (var migrator = Session.of(database, "fv_migrator")) {
            migrator.rows("set local role fv_owner");
            migrator.rows("call wms.backfill('update wms.warehouse set name = ''Filled''')");
            assertThat(migrator.refusal("select name from wms.warehouse")).startsWith("28000");

            migrator.rows("set local role fv_owner");
            migrator.rows("call wms.backfill('update wms.warehouse set name = ''Filled''')");
            migrator.commit();
        }
        try (var superuser = Session.of(database, "postgres")) {
            assertThat(superuser.rows("select name from wms.warehouse"))
                    .containsExactly("Filled", "Filled");
        }
    }

    @Test
    void ids_that_the_database_makes_are_of_version_7_and_in_the_order_of_time() {
        try (var owner = Session.of(Database.migrated(), "postgres")) {
            var first = UUID.fromString(owner.one("select fv.uuid7()"));
            owner.rows("select pg_sleep(0.002)");
            var second = UUID.fromString(owner.one("select fv.uuid7()"));

            assertThat(first.version()).isEqualTo(7);
            assertThat(first.variant()).isEqualTo(2);
            assertThat(first.toString()).isLessThan(second.toString());
        }
    }

    @Test
    void a_key_that_is_too_short_installs_nothing() {
        var database = Database.migrated();

        assertThatThrownBy(() ->
                        Migrate.installProofKey(
                                database.deployer(), "k", new byte[8], Duration.ofHours(1)))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void every_file_says_why_at_its_head() throws IOException {
        for (var file : files()) {
            assertThat(Files.readString(file)).as(file.toString()).startsWith("-- ");
        }
    }

    /**
     * A key added to a table that has rows is checked against those the owner sees, which are none.
     */
    @Test
    void foreign_keys_are_made_with_their_table() throws IOException {
        for (var file : files()) {
            var sql = statements(file);
            assertThat(sql)
                    .as(file.toString())
                    .doesNotContainPattern("alter table[^;]*\\badd\\b[^;]*\\breferences\\b");
        }
    }

    @Test
    void no_file_uses_what_pins_a_session_or_leaks_through_a_policy() throws IOException {
        for (var file : files()) {
            assertThat(statements(file))
                    .as(file.toString())
                    .doesNotContainPattern(
                            "\\b(nextval|serial|pg_advisory_lock|pgcrypto|create"
                                    + " extension|listen|as enum|drop table|drop column)\\b")
                    .doesNotContainPattern("pg_(try_)?advisory_lock");
        }
    }

    private static String statements(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8)
                .toLowerCase(Locale.ROOT)
                .replaceAll("--[^\n]*", "")
                .replaceAll("\\s+", " ");
    }

    private static List<Path> files() throws IOException {
        try (var files = Files.list(FILES)) {
            return files.sorted().toList();
        }
    }
}
