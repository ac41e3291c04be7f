package com.fluxvantage.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ExtendLedgerPartitionsTest {
    private static final String MONTHS =
            "select count(*) from pg_inherits where inhparent = 'wms.movement'::regclass and"
                    + " cast(? as uuid) is not null";

    private final TestPlatform platform = TestPlatform.start();
    private final Client platforms = platform.operator();
    private final Jobs jobs = new Jobs(platform);

    @Test
    void makes_the_month_that_is_missing_once_for_the_platform() throws SQLException {
        var tenant = platform.openTenant();
        assertThat(jobs.rows(MONTHS, platforms)).containsExactly("24");

        jobs.untilMorning();

        assertThat(jobs.rows(MONTHS, platforms)).containsExactly("25");
        assertThat(jobs.result("extend-ledger-partitions", platforms)).isEqualTo("{\"made\": 1}");
        assertThat(jobs.rows(Jobs.WHO_DID + "'extend-ledger-partitions'", platforms)).hasSize(1);
        assertThat(jobs.rows(Jobs.WHO_DID + "'extend-ledger-partitions'", tenant)).isEmpty();
    }

    @Test
    void finds_nothing_to_make_the_next_night() throws SQLException {
        jobs.untilMorning();

        jobs.untilMorning();

        assertThat(jobs.rows(MONTHS, platforms)).containsExactly("25");
        assertThat(jobs.result("extend-ledger-partitions", platforms)).isEqualTo("{\"made\": 0}");
    }

    @Test
    void a_ledger_row_of_the_last_of_these_months_is_accepted() throws SQLException {
        jobs.untilMorning();

        assertThat(
                        jobs.rows(
                                "select to_regclass('wms.movement_' || to_char(now() at time zone"
                                        + " 'UTC' + interval '24 months', 'YYYYMM')) is not null"
                                        + " and cast(? as uuid) is not null",
                                platforms))
                .containsExactly("t");
    }
}
