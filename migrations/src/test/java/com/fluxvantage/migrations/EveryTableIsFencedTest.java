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

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/**
 * Each rule finds nothing in what the migrations made, and finds the fault that is planted for it.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
@TestInstance(Lifecycle.PER_CLASS)
class EveryTableIsFencedTest {
    private static final String GRANTS =
            """
            select grantee::regrole || ' ' || lower(privilege_type) || ' ' || thing
              from (select relacl as acl, relowner as owner, oid::regclass::text as thing
                      from pg_class
                     where relnamespace in ('wms'::regnamespace, 'guard'::regnamespace)
                       and relkind in ('r', 'p')
                     union all
                    select attacl, relowner, attrelid::regclass || '.' || attname
                      from pg_attribute
                      join pg_class on pg_class.oid = attrelid
                     where relnamespace in ('wms'::regnamespace, 'guard'::regnamespace)
                     union all
                    select proacl, proowner, oid::regproc::text
                      from pg_proc
                     where pronamespace in ('wms'::regnamespace, 'fv'::regnamespace, 'guard'::regnamespace)
                     union all
                    select nspacl, nspowner, 'schema ' || nspname
                      from pg_namespace
                     where nspname in ('wms', 'fv', 'guard', 'public')) as things
             cross join lateral aclexplode(acl)
             where grantee <> owner
               and grantee <> 0
               and grantee <> 'pg_database_owner'::regrole
             order by 1
            """;

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
    void every_right_is_in_the_list_and_every_entry_of_the_list_is_a_right() throws IOException {
        assertThat(superuser.rows(GRANTS)).containsExactlyElementsOf(expectedGrants());
    }

    @Test
    void a_right_that_is_not_in_the_list_is_found() throws IOException {
        superuser.rows("grant delete on wms.movement to fv_api");

        assertThat(superuser.rows(GRANTS))
                .contains("fv_api delete wms.movement")
                .isNotEqualTo(expectedGrants());
    }

    private static List<String> expectedGrants() throws IOException {
        try (var list = EveryTableIsFencedTest.class.getResourceAsStream("/grants.txt")) {
            if (list == null) {
                throw new AssertionError("the list of rights is among the test resources");
            }
            return new String(list.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }
}
