package com.fluxvantage.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.outside.Letter;
import com.fluxvantage.kernel.outside.MailTemplate;
import com.fluxvantage.kernel.text.Name;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Who is told when that a tenant ends, and what hangs on it. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RemindTenantTest {
    private final TestPlatform platform = TestPlatform.running("remind-tenant", "advance-tenants");
    private final Client mine = platform.openTenant();
    private final Client theirs = platform.openTenant();
    private final Jobs jobs = new Jobs(platform);

    @BeforeEach
    void begin_in_the_morning() {
        jobs.untilSeven();
    }

    @Test
    void is_told_30_14_7_and_1_days_before_its_window_ends_and_when_deletion_is_scheduled() {
        terminate(mine);

        days(36);

        assertThat(letters())
                .extracting(it -> it.template() + " " + it.parameters().get("days_before"))
                .containsExactly(
                        "WINDOW_ENDS 30",
                        "WINDOW_ENDS 14",
                        "WINDOW_ENDS 7",
                        "WINDOW_ENDS 1",
                        "DELETION_SCHEDULED 0");
        assertThat(letters())
                .allSatisfy(it -> assertThat(it.address().sealed()).isEqualTo(addressOf(mine)))
                .allSatisfy(it ->
                        assertThat(it.parameters()).containsEntry("tenant", tenant(mine).name()));
        assertThat(tenant(mine).state()).isEqualTo(TenantState.DELETION_SCHEDULED);
        assertThat(letters().getFirst().parameters())
                .containsEntry(
                        "ends_on",
                        tenant(mine).exportUntil().orElseThrow().toString().substring(0, 10));
    }

    @Test
    void who_stays_is_told_nothing() {
        days(40);

        assertThat(letters()).isEmpty();
        assertThat(tenant(theirs).state()).isEqualTo(TenantState.ACTIVE);
    }

    @Test
    void each_administrator_is_told_and_nobody_else() throws SQLException {
        jobs.addMember("another", "ADMINISTRATOR", "ACTIVE", mine);
        jobs.addMember("gone", "ADMINISTRATOR", "REVOKED", mine);
        jobs.addMember("picker", "PICKER", "ACTIVE", mine);
        terminate(mine);

        days(2);

        assertThat(letters())
                .extracting(it -> it.address().sealed())
                .containsExactlyInAnyOrder(addressOf(mine), "another@example.org");
    }

    @Test
    void while_mail_cannot_be_sent_the_window_stays_open_and_is_told_of_anew() throws SQLException {
        platform.ports().mail().reachable(false);
        terminate(mine);
        var until = tenant(mine).exportUntil().orElseThrow();

        days(31);

        assertThat(letters()).isEmpty();
        assertThat(sent()).containsExactly("0");
        assertThat(tenant(mine).state()).isEqualTo(TenantState.WIND_DOWN);
        assertThat(tenant(mine).exportUntil().orElseThrow())
                .isAfterOrEqualTo(until.plus(Duration.ofDays(7)));

        platform.ports().mail().reachable(true);
        jobs.change(
                "update wms.tenant_notice set leased_until = now() - interval '1 second' where"
                        + " tenant_id = ?",
                mine);
        days(12);

        assertThat(letters())
                .extracting(Letter::template)
                .contains(MailTemplate.WINDOW_ENDS, MailTemplate.DELETION_SCHEDULED);
        assertThat(tenant(mine).state()).isEqualTo(TenantState.DELETION_SCHEDULED);
    }

    @Test
    void an_address_that_is_refused_keeps_nobody_else_from_being_told() throws SQLException {
        jobs.addMember("another", "ADMINISTRATOR", "ACTIVE", mine);
        jobs.change(
                "update wms.member set email = 'no address' where subject like 'admin-%' and tenant_id = ?",
                mine);
        terminate(mine);

        days(2);

        assertThat(letters())
                .extracting(it -> it.address().sealed())
                .containsExactly("another@example.org");
        assertThat(sent()).containsExactly("1");
        assertThat(jobs.deadLetters(mine)).isEmpty();
    }

    @Test
    void whoever_took_a_letter_and_died_leaves_it_to_the_next_who_alone_may_store_it()
            throws SQLException {
        terminate(mine);
        jobs.later(Duration.ofMinutes(5));
        assertThat(take()).containsExactly("1");
        assertThat(take()).isEmpty();
        jobs.change(
                "update wms.tenant_notice set leased_until = now() - interval '1 second' where tenant_id = ?",
                mine);
        assertThat(take()).containsExactly("2");

        assertThat(keep(1)).isFalse();
        assertThat(keep(2)).isTrue();
        assertThat(keep(2)).isFalse();
        assertThat(take()).isEmpty();
    }

    @Test
    void a_suspension_ends_a_tenant_after_60_days_and_two_weeks_after_it_was_told() {
        var suspend = new SuspendTenant.Request(mine.tenant(), SuspensionReason.ABUSE);
        platform.operator().done(SuspendTenant.OPERATION, suspend);
        platform.operator().done(SuspendTenant.OPERATION, suspend);

        days(45);
        assertThat(letters()).isEmpty();
        days(2);
        assertThat(letters())
                .extracting(Letter::template)
                .containsExactly(MailTemplate.SUSPENSION_EXPIRES);
        days(12);
        assertThat(tenant(mine).state()).isEqualTo(TenantState.SUSPENDED);
        days(3);
        assertThat(tenant(mine).state()).isEqualTo(TenantState.WIND_DOWN);
    }

    @Test
    void no_address_stands_in_what_the_job_leaves() throws SQLException {
        terminate(mine);
        days(2);

        assertThat(letters()).isNotEmpty();
        assertThat(letters().toString()).doesNotContain("@");
        for (var table : List.of("tenant_notice", "audit_entry", "idempotency_record", "outbox")) {
            assertThat(
                            jobs.rows(
                                            "select to_jsonb(t)::text from wms."
                                                    + table
                                                    + " as t where tenant_id = ?",
                                            mine)
                                    .toString())
                    .as(table)
                    .doesNotContain("example.org");
        }
    }

    private List<String> take() throws SQLException {
        return asJob(
                "select fence from wms.take_notices('%s', 5)"
                        .formatted(platform.clock().instant().plus(Duration.ofMinutes(10))));
    }

    private boolean keep(int fence) throws SQLException {
        return asJob(
                        "select wms.keep_notice(notice, about_at, days_before, member_id, %d, now())"
                                        .formatted(fence)
                                + " from wms.tenant_notice")
                .getFirst()
                .equals("t");
    }

    private List<String> asJob(String sql) throws SQLException {
        try (var connection = platform.database().as("fv_worker");
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(
                    "select fv.delegate_job('remind-tenant', '%s')"
                            .formatted(mine.tenant().uuid()));
            var found = new java.util.ArrayList<String>();
            try (var rows = statement.executeQuery(sql)) {
                while (rows.next()) {
                    found.add(rows.getString(1));
                }
            }
            connection.commit();
            return found;
        }
    }

    private List<String> sent() throws SQLException {
        return jobs.rows(
                "select count(*) from wms.tenant_notice where state = 'SENT' and tenant_id = ?",
                mine);
    }

    private String addressOf(Client of) {
        try {
            return jobs.rows(
                            "select email from wms.member where tenant_id = ? order by member_id limit 1",
                            of)
                    .getFirst();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private List<Letter> letters() {
        return platform.ports().mail().letters();
    }

    private void days(int days) {
        for (int day = 0; day < days; day++) {
            jobs.later(Duration.ofDays(1));
        }
    }

    private static void terminate(Client ended) {
        ended.done(
                TerminateTenant.OPERATION,
                new TerminateTenant.Request(
                        Optional.empty(), Optional.empty(), new Name(tenant(ended).name())));
    }

    private static GetTenant.Result tenant(Client asked) {
        return asked.done(GetTenant.OPERATION, new GetTenant.Request());
    }
}
