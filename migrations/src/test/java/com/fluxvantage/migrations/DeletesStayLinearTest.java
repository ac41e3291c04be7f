package com.fluxvantage.migrations;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/**
 * What a night's job deletes it reads a few times over, whatever the planner believes. It believes
 * the worst: the tables were analysed while they were empty, as they are for a session that has
 * planned its statements on the first day and keeps them.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
class DeletesStayLinearTest {
    private static final int ROWS = 3_000;

    /** Found, locked, deleted and counted, each by way of an index that may be read once more. */
    private static final int READS_A_ROW = 12;

    private static final String PLATFORM = "00000000-0000-7000-8000-000000000001";

    private final Database database = Database.entered();
    private final House house = House.openedIn(database);

    @Test
    void of_empty_buckets() {
        emptyWhenAnalysed("wms.bucket");
        database.run(
                """
                insert into wms.location (tenant_id, location_id, warehouse_id, code, kind)
                select '%1$s', gen_random_uuid(), '%2$s', 'B-' || number, 'BIN'
                  from generate_series(1, %5$d) as number;
                insert into wms.bucket (
                    tenant_id, bucket_id, warehouse_id, location_id, item_id, owner_id, on_hand, reserved, fifo_at, pick_seq)
                select tenant_id, gen_random_uuid(), warehouse_id, location_id, '%3$s', '%4$s', 0, 0, now(), 0
                  from wms.location
                 where tenant_id = '%1$s'
                   and kind = 'BIN'
                 limit %5$d
                """
                        .formatted(
                                house.tenant(),
                                house.warehouse(),
                                house.tea(),
                                house.owner(),
                                ROWS));

        assertThat(
                        reads(
                                "wms.bucket",
                                house.tenant().toString(),
                                "sweep-empty-buckets",
                                "select wms.sweep_empty_buckets(5000)"))
                .isBetween((long) ROWS, (long) ROWS * READS_A_ROW);
        assertThat(left("wms.bucket")).isZero();
    }

    @Test
    void of_records_that_were_kept_long_enough() {
        emptyWhenAnalysed("wms.idempotency_record");
        database.run(
                """
                insert into wms.idempotency_record (tenant_id, key, fingerprint, operation, actor, result, made_at)
                select '%s', 'key-' || number, '\\x00', 'register-item', 'member:' || gen_random_uuid(), '{}',
                       now() - interval '3 years'
                  from generate_series(1, %d) as number
                """
                        .formatted(house.tenant(), ROWS));

        assertThat(
                        reads(
                                "wms.idempotency_record",
                                house.tenant().toString(),
                                "apply-retention",
                                """
                                select count(*)
                                  from generate_series(1, 30) as round
                                 cross join lateral wms.apply_retention(
                                           '2026-01-01', clock_timestamp() + round * interval '0', 5000) as batch
                                """))
                .isBetween((long) ROWS, (long) ROWS * READS_A_ROW);
        assertThat(left("wms.idempotency_record")).isZero();
    }

    @Test
    void of_a_segment_of_the_audit_trail() {
        emptyWhenAnalysed("wms.audit_entry");
        emptyWhenAnalysed("wms.audit_segment");
        entries();
        database.run(
                """
                insert into wms.audit_segment (
                    tenant_id, segment_no, segment_id, month, retention_days, opening, state, entries, final, seal, closed_at,
                    key_id, signature)
                values ('%s', 1, gen_random_uuid(), '2020-01-01', 90, '\\x00', 'CLOSED', 1, '\\x00', '\\x00', now(), 'key', '\\x00')
                """
                        .formatted(house.tenant()));

        assertThat(
                        reads(
                                "wms.audit_entry",
                                house.tenant().toString(),
                                "retire-audit-segments",
                                "select wms.retire_audit(now(), 5000)"))
                .isBetween((long) ROWS, (long) ROWS * READS_A_ROW);
    }

    @Test
    void of_what_a_deleted_tenant_has_left() {
        emptyWhenAnalysed("wms.audit_entry");
        emptyWhenAnalysed("wms.tenant");
        entries();
        database.run(
                """
                update wms.tenant set state = 'deleted' where tenant_id = '%1$s';
                with run as (
                    insert into guard.deletion_run (
                        run_id, tenant_id, generation, map_version, phase, opened_at, begun_at, fence_xid, signature)
                    values (gen_random_uuid(), '%1$s', 1, '', 'DONE', now(), now() - interval '3 years', '1', '\\x00')
                    returning run_id)
                insert into guard.deletion_step (run_id, target, kind, category, place, key_columns, key_types, kept_days)
                select run_id, 'wms.audit_entry', 'RETAIN', 'audit', 1, '{}', '{}', 400 from run
                """
                        .formatted(house.tenant()));

        assertThat(
                        reads(
                                "wms.audit_entry",
                                PLATFORM,
                                "retire-deleted-tenants",
                                "select fv.retire_deleted_tenants(now(), 5000)"))
                .isBetween((long) ROWS, (long) ROWS * READS_A_ROW);
        assertThat(left("wms.audit_entry")).isZero();
    }

    /** With every better way forbidden: what it does then is what this looks for. */
    @Test
    void a_delete_that_compares_each_row_with_each_is_noticed() {
        emptyWhenAnalysed("wms.audit_entry");
        emptyWhenAnalysed("wms.audit_segment");
        entries();
        database.run(
                """
                create function wms.retire_badly() returns void language plpgsql security definer
                set search_path = pg_catalog, pg_temp
                set enable_hashjoin = off set enable_mergejoin = off set enable_material = off
                set enable_indexscan = off set enable_indexonlyscan = off set enable_bitmapscan = off
                as $$
                begin
                    delete from wms.audit_entry
                     where audit_id in (
                               select entry.audit_id
                                 from wms.audit_entry as entry
                                where entry.segment_no = 1
                                limit 500);
                end
                $$;
                alter function wms.retire_badly() owner to fv_owner;
                grant execute on function wms.retire_badly() to fv_worker
                """);

        assertThat(
                        reads(
                                "wms.audit_entry",
                                house.tenant().toString(),
                                "retire-audit-segments",
                                "select wms.retire_badly()"))
                .isGreaterThan((long) ROWS * READS_A_ROW);
    }

    private void entries() {
        database.run(
                """
                insert into wms.audit_entry (
                    tenant_id, audit_id, at, actor, action, request_id, digest, recorded_at, segment_no, seq, prev_hash, hash,
                    chained_at)
                select '%s', gen_random_uuid(), now(), 'job:' || gen_random_uuid(), 'register-item', gen_random_uuid(), '\\x00',
                       now() - interval '3 years', 1, number, sha256(number::text::bytea), sha256((number + 1)::text::bytea), now()
                  from generate_series(1, %d) as number
                """
                        .formatted(house.tenant(), ROWS));
    }

    private void emptyWhenAnalysed(String table) {
        database.run("alter table %s set (autovacuum_enabled = false)".formatted(table));
        database.run("vacuum analyze " + table);
    }

    /** Rows of the table that the job's own transaction has read. */
    private long reads(String table, String tenant, String job, String question) {
        try (var worker = Session.of(database, "fv_worker")) {
            worker.rows("select tenant from fv.delegate_job(?, ?::uuid)", job, tenant);
            worker.rows(question);
            long reads =
                    worker.number(
                            """
                            select coalesce(sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)), 0)
                              from pg_stat_xact_user_tables
                             where schemaname || '.' || relname = ?
                            """,
                            table);
            worker.commit();
            return reads;
        }
    }

    private long left(String table) {
        try (var superuser = Session.of(database, "postgres")) {
            return superuser.number(
                    "select count(*) from %s where tenant_id = '%s'"
                            .formatted(table, house.tenant()));
        }
    }
}
