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
class CheckStockTest {
    private final TestPlatform platform = TestPlatform.start();
    private final Client mine = platform.openTenant();
    private final Client theirs = platform.openTenant();
    private final Jobs jobs = new Jobs(platform);

    @BeforeEach
    void both_have_stock() {
        for (var tenant : new Client[] {mine, theirs}) {
            var given = GivenStock.of(tenant);
            given.warehouse().item("TEA");
            given.found("TEA", 10, "A-01");
        }
    }

    @Test
    void finds_sound_stock_sound() throws SQLException {
        jobs.untilMorning();

        assertThat(jobs.result("check-stock", mine)).isEqualTo("{\"buckets\": 1}");
        assertThat(jobs.deadLetters(mine)).isEmpty();
    }

    @Test
    void alarms_where_one_unit_is_missing_and_repairs_nothing() throws SQLException {
        jobs.change("update wms.bucket set on_hand = 9 where tenant_id = ?", mine);

        jobs.untilMorning();

        assertThat(jobs.deadLetters(mine))
                .containsExactly("check-stock inventory.stock-not-sound DEAD");
        assertThat(jobs.rows("select on_hand from wms.bucket where tenant_id = ?", mine))
                .containsExactly("9");
    }

    @Test
    void what_is_wrong_with_one_tenant_is_no_other_tenants_alarm() throws SQLException {
        jobs.change("update wms.bucket set on_hand = 9 where tenant_id = ?", mine);

        jobs.untilMorning();

        assertThat(jobs.deadLetters(theirs)).isEmpty();
        assertThat(jobs.result("check-stock", theirs)).isEqualTo("{\"buckets\": 1}");
    }
}
