package com.fluxvantage.integrations;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.testing.Mortal;
import com.fluxvantage.testing.Mortal.Life;
import com.fluxvantage.testing.Mortal.Moment;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/**
 * A process that calls a shop is killed with SIGKILL at each of these moments, and another goes on
 * where it was. The shop outlives it: each order is taken once, and each parcel told of once.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ShopsSurviveSigkillTest {
    private static final String A_PAGE = ".*insert into wms.channel_delivery.*set high_water";

    /** Where it dies, and how many pages are stored then. */
    private record Step(Moment moment, int pages) {
        static Step of(String seen, int pages) {
            return new Step(Moment.of(seen), pages);
        }
    }

    /** In this order: each process comes a little further than the one before. */
    private static final List<Step> OF_A_SYNC =
            List.of(
                    Step.of("after commit .*wms.take_shop\\(", 0),
                    Step.of("arrived Shops.orders", 0),
                    Step.of("after Shops.orders", 0),
                    Step.of("before commit " + A_PAGE, 0),
                    Step.of("after commit " + A_PAGE, 1),
                    Step.of("before commit " + A_PAGE, 1),
                    new Step(new Moment("after commit .*set high_water", 2), 3));

    private static final List<Moment> OF_A_REPORT =
            List.of(
                    Moment.of("arrived Shops.ship"),
                    Moment.of("after Shops.ship"),
                    Moment.of("before commit .*update wms.shop_report set state"),
                    Moment.of("after commit .*update wms.shop_report set state"));

    private static final List<Moment> OF_A_PUSH =
            List.of(
                    Moment.of("arrived Shops.setOnHand"),
                    Moment.of("before commit .*wms.store_pushed"),
                    Moment.of("after commit .*wms.store_pushed"));

    @TempDir private Path folder;
    private TestPlatform platform;
    private ConnectedShop mine;
    private Mortal mortal;

    @BeforeEach
    void begin_in_the_morning() {
        platform = TestPlatform.keeping(folder);
        mine = new ConnectedShop(platform);
        mortal = new Mortal(platform, folder);
        mine.jobs().untilSeven();
        mine.item("TEA", 1_000);
    }

    @Test
    void whoever_fetches_orders() throws SQLException {
        int orders = 2 * PullOrders.PAGE + 1;
        for (int i = 1; i <= orders; i++) {
            // Across the end of the first page all have changed at one moment.
            if (i < PullOrders.PAGE - 3 || i > PullOrders.PAGE + 3) {
                mine.shop().later(Duration.ofSeconds(1));
            }
            mine.sell("V-" + i, "TEA", 1);
        }

        for (var step : OF_A_SYNC) {
            dies(step.moment, "pull-orders", "accept-channel-order");
            assertThat(mine.deliveries())
                    .as("stored by " + step.moment)
                    .hasSize(Math.min(orders, step.pages * PullOrders.PAGE));
        }
        mortal.lives(life("pull-orders", "accept-channel-order"));

        assertThat(mine.orders()).hasSize(orders).doesNotHaveDuplicates();
        assertThat(mine.deliveries()).hasSize(orders).allMatch(it -> it.endsWith(" APPLIED"));
        assertThat(rows("select page_from is null and page_skip = 0 from wms.shop_connection"))
                .as("read to the end")
                .containsExactly("t");
        assertNothingIsLost();
        mine.shop().later(Duration.ofMinutes(1));
        mine.sell("V-after", "TEA", 1);
        mine.tick();
        assertThat(mine.orders()).hasSize(orders + 1).contains("V-after");
    }

    @Test
    void whoever_tells_a_shop_what_has_left_and_what_is_there() throws SQLException {
        mine.sell("V-1", "TEA", 3);
        mine.tick();
        mine.send("V-1", "TEA", 3, "EX1");
        mine.tenant().given().stock("TEA", 50, "A-02");

        for (var moment : OF_A_REPORT) {
            dies(moment, "queue-shop-reports", "report-shipments");
        }
        for (var moment : OF_A_PUSH) {
            dies(moment, "push-stock");
        }
        mortal.lives(life("report-shipments", "push-stock"));

        assertThat(mine.shop().heard()).hasSize(1);
        assertThat(mine.reports()).containsExactly("TOLD 1 DONE");
        assertThat(mine.shop().onHand("TEA")).isEqualTo(1_047);
        assertThat(rows("select sent from wms.channel_stock")).containsExactly("1047");
        assertNothingIsLost();
    }

    private void dies(Moment moment, String... operations) throws SQLException {
        mortal.dies(moment, life(operations));
        mine.lapse();
        for (var lease : List.of("stream_lease leased_until", "channel_stock leased_until")) {
            var names = lease.split(" ", 2);
            mine.jobs()
                    .change(
                            "update wms.%1$s set %2$s = clock_timestamp() - interval '1 second' where %2$s is not null and tenant_id = ?"
                                    .formatted(names[0], names[1]),
                            mine.client());
        }
    }

    private Life life(String... operations) {
        var now = platform.clock().instant();
        platform.clock().move(Duration.ofMinutes(6));
        return new Life(now, 6, 1, List.of(operations));
    }

    private List<String> rows(String sql) throws SQLException {
        return mine.jobs()
                .rows(
                        sql + (sql.contains(" where ") ? " and" : " where") + " tenant_id = ?",
                        mine.client());
    }

    private void assertNothingIsLost() throws SQLException {
        assertThat(mortal.queued()).isZero();
        assertThat(mine.jobs().deadLetters(mine.client())).isEmpty();
    }
}
