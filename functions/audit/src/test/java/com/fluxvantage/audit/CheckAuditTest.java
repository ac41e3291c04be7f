package com.fluxvantage.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.operation.Permission;
import com.fluxvantage.kernel.operation.Timing;
import com.fluxvantage.kernel.outside.SigningPurpose;
import com.fluxvantage.testing.Client;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.time.Duration;

/** Whether trails are whole, looked at each night without being asked. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class CheckAuditTest {
    private static final String ALARM = "check-audit audit.trail-broken DEAD";

    private final Trail trail = new Trail();
    private final Client mine = trail.platform().openTenant();
    private final Client theirs = trail.platform().openTenant();

    @BeforeEach
    void an_hour_of_entries_is_signed() {
        trail.act(mine, 6);
        trail.act(theirs, 3);
        trail.signed();
    }

    @Test
    void a_trail_that_is_whole_is_verified_to_its_end_and_nobody_is_called() throws SQLException {
        night();

        assertThat(trail.jobs().result("check-audit", mine)).contains("\"more\": false");
        assertThat(trail.jobs().deadLetters(mine)).doesNotContain(ALARM);
    }

    @Test
    void one_byte_that_was_changed_calls_a_person_for_that_tenant_alone() throws SQLException {
        trail.jobs()
                .change(
                        "update wms.audit_entry set action = overlay(action placing 'x' from 3) where seq = 4 and tenant_id = ?",
                        mine);

        night();

        assertThat(trail.jobs().deadLetters(mine)).contains(ALARM);
        assertThat(trail.jobs().deadLetters(theirs)).doesNotContain(ALARM);
    }

    @Test
    void the_trail_of_the_platform_itself_is_looked_at_as_well() throws SQLException {
        var platformsOwn = trail.platform().operator();
        night();
        assertThat(trail.jobs().deadLetters(platformsOwn)).doesNotContain(ALARM);
        trail.jobs()
                .change(
                        "update wms.audit_entry set action = overlay(action placing 'x' from 3) where seq = 1 and tenant_id = ?",
                        platformsOwn);

        night();

        assertThat(trail.jobs().deadLetters(platformsOwn)).contains(ALARM);
    }

    @Test
    void a_long_trail_is_verified_piece_by_piece_and_its_last_piece_is_not_left_out()
            throws SQLException {
        trail.jobs()
                .change(
                        """
                        insert into wms.audit_entry (tenant_id, audit_id, at, actor, action, request_id, digest, recorded_at)
                        select e.tenant_id, fv.uuid7(), e.at, e.actor, e.action, e.request_id, e.digest, e.recorded_at
                          from (select * from wms.audit_entry where tenant_id = ? order by seq limit 1) as e,
                               generate_series(1, 20100)
                        """,
                        mine);
        trail.jobs()
                .change(
                        "update wms.audit_entry as it set digest = wms.audit_digest(it) where chained_at is null and tenant_id = ?",
                        mine);
        while (!trail.ask(
                        "select count(*) from wms.audit_entry where chained_at is null and tenant_id = ?",
                        mine)
                .equals("0")) {
            trail.chained();
        }
        trail.jobs()
                .change(
                        "update wms.audit_entry set action = overlay(action placing 'x' from 3) where seq = 20050 and tenant_id = ?",
                        mine);

        night();

        assertThat(trail.jobs().result("check-audit", mine))
                .as("the first piece was whole")
                .contains("\"entries\": 20000", "\"more\": true");
        assertThat(trail.jobs().deadLetters(mine)).contains(ALARM);
    }

    @Test
    void whoever_may_read_the_trail_gets_the_keys_that_have_signed_it() {
        trail.platform().ports().signer().change(SigningPurpose.AUDIT_SEAL);
        trail.act(mine, 1);
        trail.signed();

        var keys = mine.done(SearchSigningKeys.OPERATION, new SearchSigningKeys.Request()).items();

        assertThat(keys).hasSize(2).allMatch(it -> it.purpose() == SigningPurpose.AUDIT_SEAL);
        assertThat(keys.getLast().keyId())
                .isEqualTo(
                        trail.platform().ports().signer().key(SigningPurpose.AUDIT_SEAL).keyId());
        assertThat(keys.getFirst().publicKey())
                .startsWith("-----BEGIN PUBLIC KEY-----\n")
                .endsWith("\n-----END PUBLIC KEY-----\n");
        assertThat(
                        mine.with(Permission.CATALOG_READ)
                                .call(SearchSigningKeys.OPERATION, new SearchSigningKeys.Request())
                                .status())
                .isEqualTo(403);
    }

    @Test
    void what_a_deleted_tenant_has_left_goes_on_the_day_that_its_certificate_says()
            throws SQLException {
        trail.jobs().change("update wms.tenant set state = 'deleted' where tenant_id = ?", mine);
        trail.jobs()
                .change(
                        """
                        with run as (
                            insert into guard.deletion_run (
                                run_id, tenant_id, generation, map_version, phase, opened_at, begun_at, fence_xid, signature)
                            select gen_random_uuid(), ?, 1, '', 'DONE', now(), now(), '1', ''
                            returning run_id)
                        insert into guard.deletion_step (run_id, target, kind, category, place, key_columns, key_types, kept_days)
                        select run_id, 'wms.audit_entry', 'RETAIN', 'audit', 1, '{}', '{}', 400 from run
                        """,
                        mine);
        var others = entries(theirs);
        var left = entries(mine);

        trail.platform().clock().move(Duration.ofDays(397));
        night();
        assertThat(entries(mine)).isEqualTo(left);

        trail.platform().clock().move(Duration.ofDays(3));
        night();
        assertThat(entries(mine)).isEqualTo("0");
        assertThat(Integer.parseInt(entries(theirs)))
                .as("whoever is there keeps to its own days")
                .isGreaterThanOrEqualTo(Integer.parseInt(others));
    }

    private String entries(Client tenant) throws SQLException {
        return trail.ask("select count(*) from wms.audit_entry where tenant_id = ?", tenant);
    }

    private void night() {
        var now = trail.platform().clock().instant();
        trail.jobs().later(Duration.between(now, Timing.daily("05:00").after(now)));
    }
}
