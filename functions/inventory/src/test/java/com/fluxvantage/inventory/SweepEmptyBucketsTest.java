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
class SweepEmptyBucketsTest {
    private static final TestPlatform PLATFORM = TestPlatform.start();

    private final Client mine = PLATFORM.openTenant();
    private final Client theirs = PLATFORM.openTenant();
    private final GivenStock given = GivenStock.of(mine);
    private final Jobs jobs = new Jobs(PLATFORM);

    @BeforeEach
    void an_item() {
        given.warehouse().item("TEA");
    }

    @Test
    void sweeps_what_is_empty_at_night_and_leaves_what_holds_goods() throws SQLException {
        var left = given.found("TEA", 10, "A-01");
        given.move(left, 10, "A-02");
        assertThat(jobs.count("wms.bucket", mine)).isEqualTo(2);

        jobs.untilMorning();

        assertThat(jobs.count("wms.bucket", mine)).isEqualTo(1);
        assertThat(given.in("A-02", "TEA").onHand().units()).isEqualTo(10);
        assertThat(jobs.result("sweep-empty-buckets", mine))
                .isEqualTo("{\"more\": false, \"swept\": 1}");
        assertThat(given.discrepancies()).isEmpty();
    }
}
