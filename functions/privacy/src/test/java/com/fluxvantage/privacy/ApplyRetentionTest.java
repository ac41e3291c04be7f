package com.fluxvantage.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.testing.Answer;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ApplyRetentionTest {
    private static final String RECIPIENTS =
            "select concat_ws('|', name, company, street, city, region, postcode, country, phone,"
                    + " email) from wms.order_recipient where tenant_id = ? order by 1";
    private static final String ZOE =
            "Zoe Quill|Quill & Co|7 Nib Lane|Inkwell|Bay|90210|US|+1 555 0100|zoe@quill.example";
    private static final String SOMEBODY = "(erased)|(erased)|(erased)|90|US";
    private static final String OF_CALLS =
            "select count(*) from wms.idempotency_record where actor not like 'job:%' and"
                    + " tenant_id = ?";
    private static final String OUTCOMES =
            "select rule || ' ' || outcome || ' ' || row_count from wms.retention_run where"
                    + " tenant_id = ? and outcome <> 'NOTHING_TO_DO' order by due_at, rule";

    private final TestPlatform platform = TestPlatform.running("apply-retention");
    private final Client mine = platform.openTenant();
    private final Client theirs = platform.openTenant();
    private final Jobs jobs = new Jobs(platform);

    /** From four in the morning on, the next run is not a day away and the one after it is. */
    @BeforeEach
    void it_is_four_in_the_morning() {
        jobs.untilMorning();
    }

    @Test
    void what_the_platform_keeps_of_its_own_calls_goes_as_well() throws SQLException {
        var platformsOwn = platform.operator();
        jobs.change(
                """
                insert into wms.idempotency_record (tenant_id, key, fingerprint, operation, actor, result, made_at)
                values (?, 'long-ago', '', 'open-tenant', 'operator:00000000-0000-0000-0000-000000000001', '{}',
                        now() - interval '401 days')
                """,
                platformsOwn);
        jobs.untilMorning();

        assertThat(
                        jobs.rows(
                                "select key from wms.idempotency_record where key = 'long-ago' and"
                                        + " tenant_id = ?",
                                platformsOwn))
                .isEmpty();
        // Other jobs of the platform may be too late for the hour to which the clock was moved.
        assertThat(jobs.deadLetters(platformsOwn))
                .noneMatch(letter -> letter.startsWith("apply-retention"));
    }

    @Test
    void a_recipient_is_taken_out_of_an_order_when_the_tenants_days_are_over_and_the_order_stays()
            throws SQLException {
        GivenOrders.of(mine).cancelled("R-1");
        decide(mine, 180);
        age("wms.order_recipient", "ended_at", "179 days", mine);
        jobs.untilMorning();
        assertThat(jobs.rows(RECIPIENTS, mine)).containsExactly(ZOE);

        jobs.untilMorning();

        assertThat(jobs.rows(RECIPIENTS, mine)).containsExactly(SOMEBODY);
        assertThat(jobs.count("wms.outbound_order", mine)).isEqualTo(1);
        assertThat(jobs.rows(OUTCOMES, mine)).contains("wms.order_recipient DONE 1");
    }

    @Test
    void a_recipient_stays_as_long_as_the_tenant_has_decided_nothing() throws SQLException {
        GivenOrders.of(mine).cancelled("R-1");
        age("wms.order_recipient", "ended_at", "3000 days", mine);

        jobs.untilMorning();

        assertThat(jobs.rows(RECIPIENTS, mine)).containsExactly(ZOE);
        assertThat(
                        jobs.rows(
                                "select rule from wms.retention_run where tenant_id = ? and rule ="
                                        + " 'wms.order_recipient'",
                                mine))
                .isEmpty();
    }

    @Test
    void an_order_that_is_still_open_keeps_its_recipient_whatever_its_age() throws SQLException {
        GivenOrders.of(mine).open("R-1");
        decide(mine, 30);
        jobs.later(Duration.ofDays(1000));

        assertThat(jobs.rows(RECIPIENTS, mine)).containsExactly(ZOE);
    }

    @Test
    void a_tenant_decides_between_30_and_730_days_and_no_other_tenant_is_bound_by_it()
            throws SQLException {
        for (var tenant : new Client[] {mine, theirs}) {
            GivenOrders.of(tenant).cancelled("R-1");
            age("wms.order_recipient", "ended_at", "31 days", tenant);
        }
        assertThat(decide(mine, 30).status()).isEqualTo(200);

        jobs.untilMorning();

        assertThat(jobs.rows(RECIPIENTS, mine)).containsExactly(SOMEBODY);
        assertThat(jobs.rows(RECIPIENTS, theirs)).containsExactly(ZOE);
    }

    @ParameterizedTest
    @ValueSource(ints = {29, 731, 0, -1})
    void a_tenant_decides_nothing_beyond(int days) {
        var answer = decide(mine, days);

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().toString()).contains("out-of-range");
    }

    @Test
    void the_limits_of_that_decision_are_the_data_maps() {
        assertThat(
                        mine
                                .done(PreviewRetention.OPERATION, new PreviewRetention.Request())
                                .rules()
                                .stream()
                                .filter(it -> it.leastDays().isPresent()))
                .extracting(
                        PreviewRetention.Rule::rule,
                        it -> it.leastDays().orElseThrow(),
                        it -> it.mostDays().orElseThrow())
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                "wms.order_recipient",
                                SetRecipientRetention.LEAST_DAYS,
                                SetRecipientRetention.MOST_DAYS));
    }

    @Test
    void what_is_gone_does_not_come_back_when_the_time_is_lengthened() throws SQLException {
        GivenOrders.of(mine).cancelled("R-1");
        decide(mine, 30);
        age("wms.order_recipient", "ended_at", "31 days", mine);
        jobs.untilMorning();

        assertThat(decide(mine, 730).number("version")).isEqualTo(2);
        jobs.untilMorning();

        assertThat(jobs.rows(RECIPIENTS, mine)).containsExactly(SOMEBODY);
    }

    @Test
    void a_call_is_answered_from_its_record_for_30_days_and_is_done_anew_afterwards()
            throws SQLException {
        decide(mine, 90);
        age("wms.idempotency_record", "made_at", "29 days", mine);
        jobs.untilMorning();
        assertThat(decide(mine, 90).headers()).containsEntry("Idempotency-Replayed", "true");

        jobs.untilMorning();

        assertThat(jobs.rows(OF_CALLS, mine)).containsExactly("0");
        assertThat(decide(mine, 90).number("version")).isEqualTo(2);
    }

    @Test
    void a_scan_can_be_taken_back_for_400_days_and_the_ledger_keeps_what_was_moved()
            throws SQLException {
        for (var tenant : new Client[] {mine, theirs}) {
            GivenOrders.of(tenant).warehouse().stock("TEA", 10, "A-01");
        }
        long scans = jobs.count("wms.scan_event", mine);
        long moved = jobs.count("wms.movement", mine);
        age("wms.scan_event", "made_at", "399 days", mine);
        jobs.untilMorning();
        assertThat(jobs.count("wms.scan_event", mine)).isEqualTo(scans).isPositive();

        jobs.untilMorning();

        assertThat(jobs.count("wms.scan_event", mine)).isZero();
        assertThat(jobs.count("wms.movement", mine)).isEqualTo(moved);
        assertThat(jobs.count("wms.scan_event", theirs)).isEqualTo(scans);
    }

    @Test
    void an_event_that_was_sent_goes_after_30_days_and_one_that_was_not_stays()
            throws SQLException {
        jobs.change(
                "insert into wms.outbox (tenant_id, stream_id, stream_no, type, payload, made_at,"
                        + " sent_at) select tenant_id, gen_random_uuid(), 1, 'nobody.listens',"
                        + " '{}', now() - interval '40 days', now() - interval '31 days' from"
                        + " wms.tenant where tenant_id = ?",
                mine);
        long before = jobs.count("wms.outbox", mine);

        jobs.untilMorning();

        assertThat(
                        jobs.rows(
                                "select count(*) from wms.outbox where type = 'nobody.listens' and"
                                        + " tenant_id = ?",
                                mine))
                .containsExactly("0");
        assertThat(before).isPositive();
    }

    @Test
    void an_event_that_was_given_up_stays_as_long_as_its_dead_letter() throws SQLException {
        jobs.change(
                "insert into wms.outbox (tenant_id, stream_id, stream_no, type, payload, made_at,"
                        + " sent_at) select tenant_id, tenant_id, 99, 'nobody.listens', '{}',"
                        + " now() - interval '50 days', now() - interval '50 days' from wms.tenant"
                        + " where tenant_id = ?",
                mine);
        jobs.change(
                "insert into wms.dead_letter (tenant_id, consumer, stream_id, stream_no, reason,"
                        + " attempts, died_at) select tenant_id, 'follow', tenant_id, 99, 'fault',"
                        + " 6, now() - interval '49 days' from wms.tenant where tenant_id = ?",
                mine);
        String given =
                "select count(*) from wms.outbox where type = 'nobody.listens' and tenant_id = ?";
        jobs.untilMorning();
        assertThat(jobs.rows(given, mine)).containsExactly("1");

        age("wms.dead_letter", "died_at", "400 days", mine);
        jobs.untilMorning();

        assertThat(jobs.rows(given, mine)).containsExactly("0");
    }

    @Test
    void a_night_removes_more_than_one_batch_each_in_a_transaction_of_its_own()
            throws SQLException {
        old("wms.scan_event", 12_000);

        jobs.untilMorning();

        assertThat(jobs.count("wms.scan_event", mine)).isZero();
        assertThat(jobs.rows(OUTCOMES, mine)).contains("wms.scan_event DONE 12000");
    }

    @Test
    void goes_on_in_a_tenant_that_is_suspended() throws SQLException {
        old("wms.scan_event", 10);
        jobs.change("update wms.tenant set state = 'suspended' where tenant_id = ?", mine);

        jobs.untilMorning();

        assertThat(jobs.count("wms.scan_event", mine)).isZero();
    }

    @Test
    void says_of_every_rule_what_came_of_it_and_that_nothing_to_do_was_looked_at()
            throws SQLException {
        jobs.untilMorning();

        int nights = 2;
        assertThat(jobs.rows("select outcome from wms.retention_run where tenant_id = ?", mine))
                .hasSize(
                        nights
                                * (int)
                                        mine
                                                .done(
                                                        PreviewRetention.OPERATION,
                                                        new PreviewRetention.Request())
                                                .rules()
                                                .stream()
                                                .filter(it -> it.days().isPresent())
                                                .count())
                .containsOnly("NOTHING_TO_DO");
    }

    @Test
    void a_rule_that_fails_stops_no_other_and_the_run_is_given_up() throws SQLException {
        old("wms.scan_event", 10);
        GivenOrders.of(mine).cancelled("R-1");
        decide(mine, 90);
        age("wms.order_recipient", "ended_at", "181 days", mine);
        asOwner(
                "alter table wms.order_recipient add constraint in_the_way check (name <>"
                        + " '(erased)')");

        jobs.untilMorning();

        assertThat(jobs.rows(OUTCOMES, mine))
                .contains("wms.order_recipient FAILED 0", "wms.scan_event DONE 10");
        assertThat(jobs.rows(RECIPIENTS, mine)).containsExactly(ZOE);
        assertThat(jobs.deadLetters(mine))
                .contains("apply-retention privacy.retention-failed DEAD");
    }

    @Test
    void nothing_is_removed_while_the_database_has_what_the_map_does_not_know()
            throws SQLException {
        old("wms.scan_event", 10);
        asOwner("create table wms.unknown (a int)");

        jobs.untilMorning();

        assertThat(jobs.count("wms.scan_event", mine)).isEqualTo(10);
        assertThat(jobs.rows(OUTCOMES, mine)).isEmpty();
    }

    @Test
    void a_run_that_was_cut_off_goes_on_with_what_is_left_and_counts_every_row_once()
            throws SQLException {
        old("wms.scan_event", 12_000);
        asOwner(
                """
                create function public.cut() returns trigger language plpgsql as $$
                begin
                    if exists (select from wms.retention_run where row_count >= 10000) then
                        raise exception 'cut' using errcode = '57P01';
                    end if;
                    return null;
                end
                $$;
                create trigger cut after update on wms.retention_run
                   for each statement execute function public.cut()
                """);
        jobs.untilMorning();
        long left = jobs.count("wms.scan_event", mine);
        assertThat(left).isBetween(1L, 11_999L);

        asOwner("drop trigger cut on wms.retention_run");
        jobs.later(Duration.ofMinutes(30));

        assertThat(jobs.count("wms.scan_event", mine)).isZero();
        assertThat(jobs.rows(OUTCOMES, mine)).contains("wms.scan_event DONE 12000");
    }

    private static Answer decide(Client tenant, int days) {
        return tenant.raw(
                "set-recipient-retention",
                Map.of(),
                Map.of(),
                "{\"days\": " + days + "}",
                Map.of("Idempotency-Key", "decide-" + days + "-days"));
    }

    private void asOwner(String sql) throws SQLException {
        try (var connection = platform.database().superuser();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void old(String table, int rows) throws SQLException {
        jobs.change(
                "insert into "
                        + table
                        + " (tenant_id, client_event_id, subject_id, posting_id, made_at) select ?,"
                        + " gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), now() -"
                        + " interval '500 days' from generate_series(1, "
                        + rows
                        + ")",
                mine);
    }

    private void age(String table, String column, String by, Client tenant) throws SQLException {
        jobs.change(
                "update %1$s set %2$s = %2$s - interval '%3$s' where tenant_id = ?"
                        .formatted(table, column, by),
                tenant);
    }
}
