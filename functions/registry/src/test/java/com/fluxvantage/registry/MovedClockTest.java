package com.fluxvantage.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.migrations.StockCheck;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.sql.SQLException;
import java.time.Duration;

/**
 * The clock of the business is wrong. Proofs, seals, limits and the ledger's partitions go by the
 * database's clock, so all work goes on, and nothing is lost by it.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class MovedClockTest {
    @ParameterizedTest
    @ValueSource(ints = {-36_500, -1, 1, 36_500})
    void a_day_is_worked_through_however_many_days_the_clock_is_wrong(int days)
            throws SQLException {
        var platform = TestPlatform.start();
        platform.clock().move(Duration.ofDays(days));

        var world = new World(platform.openTenant());

        assertThat(world.scenes().keySet())
                .allSatisfy(operation ->
                        assertThat(world.play(world.client(), operation).status())
                                .isBetween(200, 201));
        try (var checker = platform.database().as("fv_checker")) {
            assertThat(StockCheck.run(checker)).isEmpty();
        }
    }
}
