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

/**
 * Whoever deletes a row makes PostgreSQL look for rows that refer to it: all of the table, where no
 * index leads to them.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
@TestInstance(Lifecycle.PER_CLASS)
class ForeignKeysAreIndexedTest {
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

    private List<String> withoutIndex() {
        return superuser.rows(Lint.every_foreign_key_has_an_index.query);
    }

    @Test
    void each_has_an_index_that_leads_with_its_columns() {
        assertThat(
                        superuser.number(
                                "select count(*) from pg_constraint where contype = 'f' and"
                                        + " conparentid = 0 and connamespace = 'wms'::regnamespace"))
                .isGreaterThan(30);
        assertThat(withoutIndex()).isEmpty();
    }

    @Test
    void one_whose_index_is_gone_is_named() {
        superuser.rows("drop index wms.bucket_of_owner");

        assertThat(withoutIndex())
                .containsExactly("wms.bucket has no index for bucket_tenant_id_owner_id_fkey");
    }

    @Test
    void an_index_that_leaves_out_rows_that_refer_does_not_count() {
        superuser.rows("drop index wms.bucket_of_owner");
        superuser.rows(
                "create index bucket_of_owner on wms.bucket (tenant_id, owner_id) where lot_id is"
                        + " not null");

        assertThat(withoutIndex()).hasSize(1);
    }

    @Test
    void an_index_that_leaves_out_rows_that_refer_to_nothing_counts() {
        superuser.rows("drop index wms.bucket_of_lot");
        assertThat(withoutIndex())
                .containsExactly("wms.bucket has no index for bucket_tenant_id_lot_id_fkey");

        superuser.rows(
                "create index bucket_of_lot on wms.bucket (tenant_id, lot_id) where lot_id is not"
                        + " null");
        assertThat(withoutIndex()).isEmpty();
    }

    @Test
    void an_index_with_another_column_in_between_does_not_count() {
        superuser.rows("drop index wms.bucket_of_owner");
        superuser.rows("create index bucket_of_owner on wms.bucket (tenant_id, status, owner_id)");

        assertThat(withoutIndex()).hasSize(1);
    }
}
