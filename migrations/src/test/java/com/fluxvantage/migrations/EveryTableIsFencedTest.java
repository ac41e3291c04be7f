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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.List;
import java.util.stream.Stream;

/**
 * Each rule finds nothing in what the migrations made, and finds the fault that is planted for it.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
@TestInstance(Lifecycle.PER_CLASS)
class EveryTableIsFencedTest {
    private static final List<String> LOSSES =
            List.of(
                    "alter table %s disable row level security",
                    "alter table %s no force row level security",
                    "drop policy tenant_isolation on %s",
                    "drop policy tenant_fence on %s",
                    "drop policy owner_names_tenant on %s",
                    "alter policy tenant_isolation on %s with check (true)",
                    "alter policy tenant_fence on %s to fv_api",
                    "alter policy owner_names_tenant on %s using (true)");

    private Session superuser;

    @BeforeAll
    void migrate() {
        superuser = Session.of(Database.migrated(), "postgres");
    }

    @AfterEach
    void undo() {
        superuser.rollback();
    }

    @AfterAll
    void close() {
        superuser.close();
    }

    @ParameterizedTest
    @EnumSource
    void the_migrations_keep_the_rule(Lint rule) {
        assertThat(superuser.rows(rule.query)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void the_rule_finds_its_fault(Lint rule) {
        superuser.rows("set local allow_system_table_mods = on");
        superuser.rows(rule.plant);

        assertThat(superuser.rows(rule.query))
                .anySatisfy(finding -> assertThat(finding).contains(rule.finding));
    }

    /** Whatever is taken away from whichever table, or from a partition, some rule misses it. */
    @Test
    void the_loss_of_any_part_of_any_fence_is_found() {
        var tables =
                superuser.rows(
                        """
                        select oid::regclass
                          from pg_class
                         where relnamespace = 'wms'::regnamespace
                           and relkind in ('r', 'p')
                           and (not relispartition
                                or oid = (select max(inhrelid) from pg_inherits where inhparent = 'wms.movement'::regclass))
                        """);
        assertThat(tables).hasSizeGreaterThan(20);
        for (var table : tables) {
            for (var loss : LOSSES) {
                superuser.rows(loss.formatted(table));
                assertThat(findings()).as(loss.formatted(table)).isNotEmpty();
                superuser.rollback();
            }
        }
    }

    private List<String> findings() {
        return Stream.of(
                        Lint.every_table_has_row_security_that_binds_its_owner_too,
                        Lint.every_table_has_the_three_policies_of_the_template)
                .flatMap(rule -> superuser.rows(rule.query).stream())
                .toList();
    }

    @Test
    void every_right_is_in_the_list_and_every_entry_of_the_list_is_a_right() {
        assertThat(superuser.rows(Grants.HELD)).containsExactlyElementsOf(Grants.listed());
    }

    @Test
    void a_right_that_is_not_in_the_list_is_found() {
        superuser.rows("grant delete on wms.movement to fv_api");

        assertThat(superuser.rows(Grants.HELD))
                .contains("fv_api delete wms.movement")
                .isNotEqualTo(Grants.listed());
    }

    /**
     * Only housekeeping deletes: empty buckets, whose ledger stays. What has been kept long enough
     * goes by a function that knows the data map. A lease of the relay is nobody's to keep.
     */
    @Test
    void no_login_deletes_what_a_tenant_keeps_but_what_housekeeping_removes() {
        assertThat(deletions())
                .containsExactly(
                        "fv_dispatch delete wms.stream_lease",
                        // Of tenants that are deleted: its policies see no others.
                        "fv_guard delete wms.audit_entry",
                        "fv_guard delete wms.legal_hold",
                        "fv_guard delete wms.suspension",
                        "fv_guard delete wms.tenant",
                        "fv_guard delete wms.tenant_course",
                        "fv_worker delete wms.bucket",
                        // A plan by another map is made anew.
                        "fv_worker delete wms.export_file",
                        "fv_worker delete wms.export_table");

        superuser.rows("grant truncate on wms.item to fv_api");
        superuser.rows("grant delete on wms.member to fv_platform");
        assertThat(deletions())
                .contains("fv_api truncate wms.item", "fv_platform delete wms.member");
    }

    private List<String> deletions() {
        return superuser.rows(Grants.HELD).stream()
                .filter(it -> it.contains(" delete ") || it.contains(" truncate "))
                .toList();
    }
}
