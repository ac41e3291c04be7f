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
import java.util.Set;

/**
 * Whatever deletes rows that the data map lets a legal hold keep asks for holds in the same
 * function, and so in the same transaction. A path that skips it is how holds fail elsewhere.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
@TestInstance(Lifecycle.PER_CLASS)
class HoldsAreAskedForTest {
    /**
     * It shares the tenant's row and looks at how many holds there are: any of them keeps the whole
     * trail, whatever it is on.
     */
    private static final List<String> ASKS_FOR_ANY_HOLD =
            List.of(
                    "fv.retire_deleted_tenants wms.audit_entry",
                    "fv.retire_deleted_tenants wms.tenant",
                    "wms.retire_audit wms.audit_checkpoint",
                    "wms.retire_audit wms.audit_entry");

    /** Copies for the tenant that expire: what they were made from stays, and a hold keeps that. */
    private static final Set<String> COPIES = Set.of("wms.export_file", "wms.export_table");

    /** Each function of ours and each table that it deletes from, though a hold may keep it. */
    private static final String DELETING =
            """
            select distinct source.oid::regproc || ' ' || held.table_name
              from pg_proc as source
             cross join lateral regexp_matches(source.prosrc, '(?:delete\\s+from|truncate)\\s+(wms\\.\\w+)', 'gi') as found (name)
              join fv.mapped_tables() as held
                on held.table_name = found.name[1]
               and cardinality(held.hold) > 0
             where source.pronamespace in ('wms'::regnamespace, 'fv'::regnamespace, 'guard'::regnamespace)
               %s
             order by 1
            """;

    private static final String WITHOUT_ASKING =
            "and source.prosrc !~ ('wms\\.held\\(''' || split_part(held.table_name, '.', 2) || '''')";

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

    private List<String> withoutAsking() {
        return superuser.rows(DELETING.formatted(WITHOUT_ASKING));
    }

    @Test
    void every_function_that_deletes_what_may_be_held_asks() {
        assertThat(superuser.rows(DELETING.formatted("")))
                .contains("wms.sweep_empty_buckets wms.bucket");
        assertThat(withoutAsking()).isEqualTo(ASKS_FOR_ANY_HOLD);
    }

    /** It writes its statements itself, so no pattern finds what it deletes from. */
    @Test
    void whatever_goes_by_age_asks_for_the_holds_on_its_table() {
        assertThat(
                        superuser.one(
                                """
                                select strpos(prosrc, 'held := wms.held(split_part(next.rule, ''.'', 2))') > 0
                                  from pg_proc
                                 where oid = 'wms.apply_retention'::regproc
                                """))
                .isEqualTo("t");
    }

    @Test
    void a_function_that_does_not_ask_is_found() {
        superuser.rows(
                """
                create function wms.careless() returns void language sql
                as 'delete from wms.scan_event where made_at < now()'
                """);

        assertThat(withoutAsking()).contains("wms.careless wms.scan_event");
    }

    /**
     * A login that may delete, and no function that does it for it, would delete past the holds.
     */
    @Test
    void whatever_a_login_may_delete_is_deleted_by_a_function_that_asks() {
        var deleting = superuser.rows(DELETING.formatted(""));
        assertThat(
                        superuser.rows(
                                """
                                select distinct held.table_name
                                  from fv.mapped_tables() as held
                                 cross join lateral aclexplode((select relacl from pg_class where oid = held.table_name::regclass)) as acl
                                 where cardinality(held.hold) > 0
                                   and acl.privilege_type = 'DELETE'
                                   and acl.grantee = 'fv_worker'::regrole
                                 order by 1
                                """))
                .isNotEmpty()
                .filteredOn(table -> !COPIES.contains(table))
                .allSatisfy(table -> assertThat(deleting).anyMatch(it -> it.endsWith(" " + table)));
    }
}
