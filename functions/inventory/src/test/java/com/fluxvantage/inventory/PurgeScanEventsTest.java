package com.fluxvantage.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class PurgeScanEventsTest {
    private final TestPlatform platform = TestPlatform.start();
    private final Client mine = platform.openTenant();
    private final Client theirs = platform.openTenant();
    private final Jobs jobs = new Jobs(platform);

    @BeforeEach
    void both_have_scanned() throws SQLException {
        for (var tenant : new Client[] {mine, theirs}) {
            var given = GivenStock.of(tenant);
            given.warehouse().item("TEA");
            given.warehouse().stock("TEA", 10, "A-01");
        }
        assertThat(jobs.count("wms.scan_event", mine)).isPositive();
    }

    @Test
    void keeps_a_scan_for_400_days_and_removes_it_the_night_after() throws SQLException {
        long scans = jobs.count("wms.scan_event", mine);
        long moved = jobs.count("wms.movement", mine);
        age("399 days 12 hours", mine);
        jobs.untilMorning();
        assertThat(jobs.count("wms.scan_event", mine)).isEqualTo(scans);

        jobs.untilMorning();

        assertThat(jobs.count("wms.scan_event", mine)).isZero();
        assertThat(jobs.count("wms.movement", mine)).isEqualTo(moved);
        assertThat(jobs.count("wms.scan_event", theirs)).isEqualTo(scans);
    }

    @Test
    void removes_more_than_one_batch_in_one_night_each_in_a_transaction_of_its_own()
            throws SQLException {
        jobs.change(
                "insert into wms.scan_event (tenant_id, client_event_id, subject_id, posting_id,"
                        + " made_at) select ?, gen_random_uuid(), gen_random_uuid(),"
                        + " gen_random_uuid(), now() - interval '500 days' from"
                        + " generate_series(1, 12000)",
                mine);

        jobs.untilMorning();

        assertThat(
                        jobs.rows(
                                "select count(*) from wms.scan_event where made_at < now() -"
                                        + " interval '401 days' and tenant_id = ?",
                                mine))
                .containsExactly("0");
        assertThat(jobs.rows(Jobs.WHO_DID + "'purge-scan-events'", mine)).hasSize(3);
        assertThat(jobs.result("purge-scan-events", mine))
                .isEqualTo("{\"more\": false, \"purged\": 2000}");
    }

    @Test
    void goes_on_in_a_tenant_that_is_suspended() throws SQLException {
        age("500 days", mine);
        jobs.change("update wms.tenant set state = 'suspended' where tenant_id = ?", mine);

        jobs.untilMorning();

        assertThat(jobs.count("wms.scan_event", mine)).isZero();
    }

    private void age(String by, Client tenant) throws SQLException {
        jobs.change(
                "update wms.scan_event set made_at = made_at - interval '"
                        + by
                        + "' where tenant_id = ?",
                tenant);
    }
}
