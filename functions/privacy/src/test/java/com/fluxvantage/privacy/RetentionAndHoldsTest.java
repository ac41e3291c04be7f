package com.fluxvantage.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.util.Map;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RetentionAndHoldsTest {
    private static final String HELD =
            "select rule || ' ' || outcome || ' ' || row_count || ' ' || held_count from"
                    + " wms.retention_run where tenant_id = ? and rule = 'wms.scan_event'";

    private final TestPlatform platform = TestPlatform.running("apply-retention");
    private final Client mine = platform.openTenant();
    private final Jobs jobs = new Jobs(platform);

    @BeforeEach
    void ten_scans_are_over_half_of_them_for_long() throws SQLException {
        jobs.change(
                "insert into wms.scan_event (tenant_id, client_event_id, subject_id, posting_id,"
                        + " made_at) select ?, gen_random_uuid(), gen_random_uuid(),"
                        + " gen_random_uuid(), now() - interval '401 days' - (at % 2) * interval"
                        + " '300 days' from generate_series(1, 10) as at",
                mine);
    }

    @Test
    void what_a_hold_means_stays_and_the_rest_goes() throws SQLException {
        hold("'TABLES', '{scan_event}', now() - interval '1000 days', now() - interval '600 days'");

        jobs.untilMorning();

        assertThat(jobs.count("wms.scan_event", mine)).isEqualTo(5);
        assertThat(jobs.rows(HELD, mine)).containsExactly("wms.scan_event DONE 5 5");
    }

    @Test
    void a_hold_on_everything_keeps_everything_and_nobody_reads_of_it_in_the_runs()
            throws SQLException {
        hold("'TENANT', null::text[], null::timestamptz, null::timestamptz");

        jobs.untilMorning();

        assertThat(jobs.count("wms.scan_event", mine)).isEqualTo(10);
        assertThat(jobs.rows(HELD, mine)).containsExactly("wms.scan_event NOTHING_TO_DO 0 10");
        for (var operation : new String[] {"search-retention-runs", "preview-retention"}) {
            var told = mine.get(operation, Map.of(), Map.of());
            assertThat(told.status()).isEqualTo(200);
            assertThat(told.json().toString()).doesNotContain("held").doesNotContain("\":10,");
        }
    }

    @Test
    void what_was_held_goes_the_night_after_the_hold_is_lifted() throws SQLException {
        hold("'TENANT', null::text[], null::timestamptz, null::timestamptz");
        jobs.untilMorning();
        jobs.change("delete from wms.legal_hold where tenant_id = ?", mine);

        jobs.untilMorning();

        assertThat(jobs.count("wms.scan_event", mine)).isZero();
    }

    /** As two persons of the platform have placed it; sealed, so that the tenant is not told. */
    private void hold(String scope) throws SQLException {
        jobs.change(
                """
                insert into wms.legal_hold (
                    tenant_id, hold_id, matter, basis, scope, tables, rows_from, rows_until, sealed, review_at,
                    state, placed_by, placed_at, approved_by, approved_at)
                select ?, gen_random_uuid(), 'M-1', 'LITIGATION', %s, true, now() + interval '90 days',
                       'ACTIVE', 'operator:1', now(), 'operator:2', now()
                """
                        .formatted(scope),
                mine);
    }
}
