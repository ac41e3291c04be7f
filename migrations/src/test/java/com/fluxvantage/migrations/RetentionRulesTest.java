package com.fluxvantage.migrations;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** What the data map says of how long rows stay can be carried out on the tables as they are. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class RetentionRulesTest {
    /**
     * The relay renews a lease all the time; an index by that date would cost more than it saves.
     */
    private static final String HAS_NO_INDEX = "wms.stream_lease";

    private final Suspect database = new Suspect(Database.entered());

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void every_rule_says_how_long_and_by_an_index_finds_the_rows_that_are_due() {
        assertThat(
                        database.rows(
                                """
                                select rule
                                  from fv.retention_rules()
                                 where rule <> '%s'
                                   and (days is null and least_days is null
                                        or not exists (
                                               select
                                                 from pg_index
                                                where indrelid = rule::regclass
                                                  and pg_get_indexdef(indexrelid, 1, true) = 'tenant_id'
                                                  and pg_get_indexdef(indexrelid, 2, true) = anchor
                                                  and (indpred is null
                                                       or pg_get_expr(indpred, indrelid) in (
                                                              format('(%%s IS NOT NULL)', anchor),
                                                              format('(%%s IS NULL)', marker)))))
                                """
                                        .formatted(HAS_NO_INDEX)))
                .isEmpty();
        assertThat(database.one("select count(*) from fv.retention_rules()")).isEqualTo("12");
    }

    @Test
    void every_column_of_a_person_is_kept_or_can_be_redacted_as_the_map_says() {
        assertThat(
                        database.rows(
                                """
                                select rule || '.' || column_name
                                  from fv.retention_rules()
                                  join fv.mapped_columns() on table_name = rule
                                 where expiry = 'redact_columns'
                                   and is_personal
                                   and not coalesce(erase ? 'keep', false)
                                   and wms.redacted(column_name, erase) is null
                                """))
                .isEmpty();
    }

    @Test
    void a_rule_that_redacts_marks_what_it_has_redacted_and_no_other_does() {
        assertThat(
                        database.rows(
                                """
                                select rule
                                  from fv.retention_rules()
                                 where (expiry = 'redact_columns') <> (marker is not null)
                                """))
                .isEmpty();
    }

    @Test
    void the_audit_trail_is_not_ended_row_by_row() {
        assertThat(database.rows("select rule from fv.retention_rules() where rule like '%audit%'"))
                .isEmpty();
    }
}
