package com.fluxvantage.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.testing.Client;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ChainAuditTest {
    private static final String UNCHAINED =
            "select count(*) from wms.audit_entry where tenant_id = ? and chained_at is null";
    private static final String CHAINED =
            "select count(*) from wms.audit_entry where tenant_id = ? and chained_at is not null";

    private final Trail trail = new Trail();
    private final Client mine = trail.platform().openTenant();
    private final Client theirs = trail.platform().openTenant();

    @Test
    void takes_what_was_committed_into_the_chain_of_its_tenant() throws SQLException {
        trail.act(mine, 5);
        trail.act(theirs, 2);

        trail.chained();

        assertThat(trail.ask(UNCHAINED, mine)).isEqualTo("0");
        assertThat(trail.ask(CHAINED, mine)).isEqualTo("5");
        assertThat(trail.ask(CHAINED, theirs)).isEqualTo("2");
        assertThat(trail.verified(mine)).isEmpty();
        assertThat(trail.verified(theirs)).isEmpty();
    }

    @Test
    void goes_on_from_where_it_was() throws SQLException {
        trail.act(mine, 3);
        trail.chained();
        trail.act(mine, 4);
        trail.chained();

        assertThat(trail.ask(CHAINED, mine)).isEqualTo("7");
        assertThat(trail.verified(mine)).isEmpty();
        trail.chained();
        assertThat(trail.ask("select seq from wms.audit_head where tenant_id = ?", mine))
                .as("that the trail was verified is in it")
                .isEqualTo("8");
    }

    @Test
    void gives_itself_no_work() throws SQLException {
        trail.chained();
        var platform = trail.platform().operator();
        String before = trail.ask(CHAINED, platform);

        for (int minute = 0; minute < 5; minute++) {
            trail.chained();
        }

        assertThat(trail.ask(CHAINED, platform)).isEqualTo(before);
        assertThat(
                        trail.ask(
                                "select count(*) from wms.audit_entry where tenant_id = ? and action"
                                        + " in ('chain-audit', 'sign-audit')",
                                platform))
                .isEqualTo("0");
    }

    /** An entry with an earlier id and time, whose transaction commits after the sealer has run. */
    @Test
    void loses_no_entry_that_commits_late() throws SQLException {
        try (var late = trail.platform().database().superuser();
                var statement = late.createStatement()) {
            late.setAutoCommit(false);
            statement.execute(
                    """
                    insert into wms.audit_entry (tenant_id, audit_id, at, actor, action, request_id, digest, recorded_at)
                    select entry.tenant_id, entry.audit_id, entry.at, entry.actor, entry.action, entry.request_id,
                           wms.audit_digest(entry), entry.recorded_at
                      from (select (jsonb_populate_record(null::wms.audit_entry, jsonb_build_object(
                                'tenant_id', '%s', 'audit_id', fv.uuid7(), 'at', clock_timestamp(), 'actor', 'member:00000000-0000-0000-0000-000000000001',
                                'action', 'commit-late', 'request_id', fv.uuid7(), 'recorded_at', clock_timestamp()))).*) as entry
                    """
                            .formatted(mine.tenant().uuid()));
            trail.act(mine, 3);
            trail.chained();
            assertThat(trail.ask(CHAINED, mine)).isEqualTo("3");
            late.commit();
        }

        trail.chained();

        assertThat(
                        trail.ask(
                                "select seq from wms.audit_entry where action = 'commit-late' and"
                                        + " tenant_id = ?",
                                mine))
                .isEqualTo("4");
        assertThat(trail.verified(mine)).isEmpty();
    }

    @Test
    void chains_while_many_write() throws SQLException {
        var writers = new ArrayList<CompletableFuture<Void>>();
        for (int writer = 0; writer < 4; writer++) {
            var who = writer % 2 == 0 ? mine : theirs;
            writers.add(CompletableFuture.runAsync(() -> trail.act(who, 25)));
        }
        var all = CompletableFuture.allOf(writers.toArray(CompletableFuture[]::new));
        int runs = 0;
        while (!all.isDone()) {
            trail.chained();
            runs++;
        }
        all.join();
        trail.chained();

        assertThat(runs).isPositive();
        assertThat(trail.ask(CHAINED, mine)).isEqualTo("50");
        assertThat(trail.ask(CHAINED, theirs)).isEqualTo("50");
        assertThat(trail.verified(mine)).isEmpty();
        assertThat(trail.verified(theirs)).isEmpty();
    }

    /** Two sealers at once, each in a session of its own. */
    @Test
    void passes_by_a_head_that_another_sealer_has() throws SQLException {
        trail.act(mine, 3);
        trail.act(theirs, 2);
        trail.chained();
        trail.act(mine, 3);
        trail.act(theirs, 2);
        try (var other = trail.platform().database().superuser();
                var statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute(
                    "select from wms.audit_head where tenant_id = '%s' for update"
                            .formatted(mine.tenant().uuid()));

            trail.chained();

            assertThat(trail.ask(UNCHAINED, mine)).isEqualTo("3");
            assertThat(trail.ask(UNCHAINED, theirs)).isEqualTo("0");
            other.rollback();
        }
        trail.chained();
        assertThat(trail.ask(UNCHAINED, mine)).isEqualTo("0");
        assertThat(trail.verified(mine)).isEmpty();
    }

    @Test
    void tells_when_entries_stay_behind() throws SQLException {
        trail.act(mine, 1);
        trail.chained();
        trail.act(mine, 1);
        trail.jobs()
                .change(
                        "update wms.audit_entry set recorded_at = recorded_at - interval '4"
                                + " minutes' where chained_at is null and tenant_id = ?",
                        mine);
        try (var other = trail.platform().database().superuser();
                var statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute(
                    "select from wms.audit_head where tenant_id = '%s' for update"
                            .formatted(mine.tenant().uuid()));

            trail.chained();

            other.rollback();
        }
        assertThat(trail.jobs().deadLetters(trail.platform().operator()))
                .containsExactly("chain-audit audit.chain-behind DEAD");
    }

    @Test
    void begins_a_segment_each_month_from_the_seal_of_the_last() throws SQLException {
        trail.act(mine, 3);
        trail.chained();
        trail.monthsPass(mine);
        trail.act(mine, 2);
        trail.chained();

        assertThat(
                        trail.jobs()
                                .rows(
                                        "select segment_no || ' ' || state || ' ' ||"
                                                + " coalesce(entries::text, '-') from"
                                                + " wms.audit_segment where tenant_id = ? order by"
                                                + " segment_no",
                                        mine))
                .containsExactly("1 CLOSED 3", "2 OPEN -");
        assertThat(
                        trail.ask(
                                "select next.opening = last.seal from wms.audit_segment next,"
                                        + " wms.audit_segment last where next.segment_no = 2 and"
                                        + " last.segment_no = 1 and next.tenant_id = last.tenant_id and"
                                        + " next.tenant_id = ?",
                                mine))
                .isEqualTo("t");
        assertThat(trail.verified(mine)).isEmpty();
    }

    @Test
    void closes_a_segment_whose_month_is_over_though_nothing_follows() throws SQLException {
        trail.act(mine, 3);
        trail.chained();
        trail.monthsPass(mine);

        trail.chained();

        assertThat(trail.ask("select state from wms.audit_segment where tenant_id = ?", mine))
                .isEqualTo("CLOSED");
    }

    @Test
    void takes_a_tenants_first_run_of_thousands_in_batches() throws SQLException {
        trail.jobs()
                .change(
                        """
                        with entry as (
                            select (jsonb_populate_record(null::wms.audit_entry, jsonb_build_object(
                                'tenant_id', cast(? as uuid), 'audit_id', gen_random_uuid(), 'at', clock_timestamp(),
                                'actor', 'member:00000000-0000-0000-0000-000000000001', 'action', 'do-much',
                                'request_id', gen_random_uuid(), 'recorded_at', clock_timestamp()))).* from generate_series(1, 12000))
                        insert into wms.audit_entry (tenant_id, audit_id, at, actor, action, request_id, digest, recorded_at)
                        select tenant_id, audit_id, at, actor, action, request_id, wms.audit_digest(entry::wms.audit_entry), recorded_at
                          from entry
                        """,
                        mine);
        trail.chained();

        assertThat(trail.ask(UNCHAINED, mine)).isEqualTo("0");
        assertThat(trail.verified(mine)).isEmpty();
    }
}
