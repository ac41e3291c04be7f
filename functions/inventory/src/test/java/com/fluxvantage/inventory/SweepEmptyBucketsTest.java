package com.fluxvantage.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.quantity.Quantity;
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
    private final TestPlatform platform = TestPlatform.start();
    private final Client mine = platform.openTenant();
    private final GivenStock given = GivenStock.of(mine);
    private final Jobs jobs = new Jobs(platform);

    @BeforeEach
    void an_empty_bucket_and_a_full_one() {
        given.warehouse().item("TEA");
        given.move(given.found("TEA", 10, "A-01"), 10, "A-02");
    }

    @Test
    void sweeps_what_is_empty_at_night_and_leaves_what_holds_goods() throws SQLException {
        assertThat(jobs.count("wms.bucket", mine)).isEqualTo(2);

        jobs.untilMorning();

        assertThat(jobs.count("wms.bucket", mine)).isEqualTo(1);
        assertThat(given.in("A-02", "TEA").onHand()).isEqualTo(Quantity.of(10));
        assertThat(jobs.result("sweep-empty-buckets", mine))
                .isEqualTo("{\"more\": false, \"swept\": 1}");
        assertThat(given.discrepancies()).isEmpty();
    }

    @Test
    void the_next_night_finds_nothing_to_do() throws SQLException {
        jobs.untilMorning();

        jobs.untilMorning();

        assertThat(jobs.count("wms.bucket", mine)).isEqualTo(1);
        assertThat(jobs.result("sweep-empty-buckets", mine))
                .isEqualTo("{\"more\": false, \"swept\": 0}");
        assertThat(jobs.deadLetters(mine)).isEmpty();
    }

    @Test
    void each_tenant_is_swept_by_its_own_and_one_that_may_not_write_is_left_alone()
            throws SQLException {
        var theirs = platform.openTenant();
        var suspended = platform.openTenant();
        for (var other : new Client[] {theirs, suspended}) {
            var stock = GivenStock.of(other);
            stock.warehouse().item("TEA");
            stock.move(stock.found("TEA", 10, "A-01"), 10, "A-02");
        }
        jobs.change("update wms.tenant set state = 'suspended' where tenant_id = ?", suspended);

        jobs.untilMorning();

        assertThat(jobs.count("wms.bucket", mine)).isEqualTo(1);
        assertThat(jobs.count("wms.bucket", theirs)).isEqualTo(1);
        assertThat(jobs.count("wms.bucket", suspended)).isEqualTo(2);
        assertThat(jobs.rows(Jobs.WHO_DID + "'sweep-empty-buckets'", theirs)).hasSize(1);
        assertThat(jobs.rows(Jobs.WHO_DID + "'sweep-empty-buckets'", suspended)).isEmpty();
    }
}
