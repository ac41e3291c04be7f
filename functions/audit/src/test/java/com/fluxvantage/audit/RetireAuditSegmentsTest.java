package com.fluxvantage.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.testing.Client;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RetireAuditSegmentsTest {
    private static final String SEGMENTS =
            "select segment_no || ' ' || retention_days || ' ' || state || ' ' || (select count(*)"
                    + " from wms.audit_entry as e where e.tenant_id = s.tenant_id and e.segment_no ="
                    + " s.segment_no and action <> 'retire-audit-segments') from wms.audit_segment as s"
                    + " where tenant_id = ? order by segment_no";

    private final Trail trail = new Trail();
    private final Client mine = trail.platform().openTenant();
    private final Client theirs = trail.platform().openTenant();

    @BeforeEach
    void both_have_a_sealed_segment_and_one_that_grows() throws SQLException {
        for (var tenant : new Client[] {mine, theirs}) {
            trail.act(tenant, 4);
            trail.chained();
            trail.monthsPass(tenant);
            trail.act(tenant, 2);
        }
        trail.signed();
    }

    @Test
    void removes_a_whole_segment_when_its_time_is_over_and_what_is_left_still_verifies()
            throws SQLException {
        age("400 days", mine);

        trail.jobs().untilMorning();
        trail.chained();

        assertThat(trail.jobs().rows(SEGMENTS, mine)).first().isEqualTo("1 400 RETIRED 0");
        assertThat(trail.jobs().rows(SEGMENTS, theirs)).first().isEqualTo("1 400 CLOSED 4");
        assertThat(trail.verified(mine)).isEmpty();
        assertThat(trail.offline(trail.lines(mine))).startsWith("0\n");
        assertThat(
                        trail.ask(
                                "select count(*) from wms.audit_entry e join wms.audit_segment s on"
                                        + " s.tenant_id = e.tenant_id and s.segment_id = e.subject_id"
                                        + " where e.subject_type = 'audit-segment' and s.segment_no = 1"
                                        + " and e.tenant_id = ?",
                                mine))
                .as("that it went is an entry")
                .isEqualTo("1");
    }

    @Test
    void keeps_it_until_the_last_day() throws SQLException {
        age("330 days", mine);

        trail.jobs().untilMorning();

        assertThat(trail.jobs().rows(SEGMENTS, mine)).first().isEqualTo("1 400 CLOSED 4");
    }

    @Test
    void keeps_everything_while_a_hold_stands() throws SQLException {
        age("900 days", mine);
        trail.jobs().change("update wms.tenant set hold_count = 1 where tenant_id = ?", mine);
        trail.jobs().untilMorning();
        assertThat(trail.jobs().rows(SEGMENTS, mine)).first().isEqualTo("1 400 CLOSED 4");

        trail.jobs().change("update wms.tenant set hold_count = 0 where tenant_id = ?", mine);
        trail.jobs().untilMorning();
        assertThat(trail.jobs().rows(SEGMENTS, mine)).first().isEqualTo("1 400 RETIRED 0");
    }

    @Test
    void keeps_what_is_not_signed_yet() throws SQLException {
        age("900 days", mine);
        trail.jobs()
                .change(
                        "update wms.audit_segment set signature = null, key_id = null, leased_until"
                                + " = 'infinity' where tenant_id = ?",
                        mine);

        trail.jobs().untilMorning();

        assertThat(trail.jobs().rows(SEGMENTS, mine)).first().isEqualTo("1 400 CLOSED 4");
    }

    @Test
    void lets_a_tenant_choose_for_what_comes_and_not_for_what_was() throws SQLException {
        mine.done(
                SetAuditRetention.OPERATION, new SetAuditRetention.Request(AuditRetention.DAYS_90));
        trail.chained();

        assertThat(trail.jobs().rows(SEGMENTS, mine))
                .satisfiesExactly(
                        it -> assertThat(it).startsWith("1 400 CLOSED"),
                        it -> assertThat(it).startsWith("2 400 CLOSED"),
                        it -> assertThat(it).startsWith("3 90 OPEN"));
        assertThat(trail.jobs().rows(SEGMENTS, theirs))
                .satisfiesExactly(
                        it -> assertThat(it).startsWith("1 400 CLOSED"),
                        it -> assertThat(it).startsWith("2 400 OPEN"));
        assertThat(trail.verified(mine)).isEmpty();
    }

    @Test
    void takes_no_period_that_is_not_on_the_menu() {
        assertThat(
                        mine.post(
                                        "set-audit-retention",
                                        java.util.Map.of(),
                                        "{\"retention\": \"DAYS_1\"}")
                                .status())
                .isEqualTo(400);
    }

    // The chain is made anew with the month, as it would have been then.
    private void age(String by, Client tenant) throws SQLException {
        try (var owner = trail.platform().database().superuser();
                var statement = owner.createStatement()) {
            statement.execute(
                    "update wms.audit_segment set month = date_trunc('month', month - interval '"
                            + by
                            + "')::date, seal = wms.audit_seal(tenant_id, segment_no,"
                            + " date_trunc('month', month - interval '"
                            + by
                            + "')::date, retention_days, entries, opening, final), signature ="
                            + " null, key_id = null, leased_until = null where segment_no = 1 and tenant_id = '"
                            + tenant.tenant().uuid()
                            + "'");
            statement.execute(
                    """
                    do $$
                    declare
                        entry wms.audit_entry;
                        head bytea;
                    begin
                        select seal into head from wms.audit_segment where tenant_id = '%1$s' and segment_no = 1;
                        update wms.audit_segment set opening = head where tenant_id = '%1$s' and segment_no = 2;
                        for entry in select * from wms.audit_entry where tenant_id = '%1$s' and segment_no = 2 order by seq loop
                            entry.prev_hash := head;
                            head := wms.audit_link(entry.tenant_id, 2, entry.seq, head, entry.digest);
                            update wms.audit_entry set prev_hash = entry.prev_hash, hash = head
                             where tenant_id = entry.tenant_id and audit_id = entry.audit_id;
                        end loop;
                        update wms.audit_head set hash = head where tenant_id = '%1$s';
                        delete from wms.audit_checkpoint where tenant_id = '%1$s';
                    end
                    $$
                    """
                            .formatted(tenant.tenant().uuid()));
        }
        trail.signed();
    }
}
