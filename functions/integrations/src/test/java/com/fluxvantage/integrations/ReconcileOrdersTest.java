package com.fluxvantage.integrations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fluxvantage.kernel.outside.Shops.Reply;
import com.fluxvantage.runtime.LocalShop;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * At night orders and shipments are compared as well: what is missing comes in or is told again.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ReconcileOrdersTest {
    private static final Duration A_MINUTE = Duration.ofMinutes(1);
    private static final int ITEMS = 3;

    private final TestPlatform platform =
            TestPlatform.running(
                    "reconcile-channel", "push-stock", "pull-orders", "report-shipments");
    private final ConnectedShop mine = new ConnectedShop(platform);

    @BeforeEach
    void some_items_that_the_shop_was_told() {
        mine.jobs().untilSeven();
        for (int i = 1; i <= ITEMS; i++) {
            mine.item(sku(i), 10);
        }
        mine.jobs().later(A_MINUTE);
    }

    @Test
    void an_order_that_the_reading_by_day_has_passed_over_is_taken_in_and_counted()
            throws SQLException {
        mine.shop().later(Duration.ofMinutes(30));
        mine.sell("V-1", sku(1), 1);
        mine.tick();
        mine.shop().later(Duration.ofMinutes(-20));
        mine.sell("V-2", sku(2), 1);
        mine.tick();
        assertThat(mine.orders()).as("dated early beyond all overlap").containsExactly("V-1");

        mine.jobs().untilMorning();

        assertThat(mine.orders()).containsExactly("V-1", "V-2");
        assertThat(newest().ordersCompared()).isEqualTo(2);
        assertThat(newest().ordersMissing()).isEqualTo(1);
        mine.jobs().untilMorning();
        assertThat(newest().ordersMissing()).as("it is known now").isZero();
        assertThat(mine.orders()).hasSize(2);
    }

    @Test
    void more_orders_than_a_page_are_compared_to_the_last_and_what_is_on_its_way_is_not_missing()
            throws SQLException {
        for (int i = 1; i <= NightOrders.PAGE + 3; i++) {
            mine.shop().item(sku(1), 1_000);
            mine.sell("V-" + i, sku(1), 1);
        }
        mine.tick();
        mine.jobs()
                .change(
                        "update wms.shop_connection set next_pull_at = next_pull_at + interval '1 y'"
                                + " where tenant_id = ?",
                        mine.client());
        mine.shop().later(A_MINUTE);
        mine.sell("V-NEW", sku(1), 1);

        mine.jobs().untilMorning();

        assertThat(newest().ordersCompared()).isEqualTo(NightOrders.PAGE + 4);
        assertThat(newest().ordersMissing()).isZero();
        assertThat(mine.orders()).hasSize(NightOrders.PAGE + 4);
    }

    @Test
    void what_the_shop_has_cancelled_and_dated_early_is_found_out_at_night() throws SQLException {
        mine.shop().later(Duration.ofMinutes(30));
        mine.sell("V-1", sku(1), 1);
        var order = mine.sell("V-2", sku(2), 1);
        mine.tick();
        mine.shop().later(Duration.ofMinutes(-20));
        mine.shop().cancel(order);
        mine.tick();

        mine.jobs().untilMorning();

        assertThat(
                        mine.jobs()
                                .rows(
                                        "select reference || ' ' || state from wms.outbound_order"
                                                + " where tenant_id = ? order by reference",
                                        mine.client()))
                .containsExactly("V-1 ACCEPTED", "V-2 CANCELLED");
    }

    @Test
    void a_shipment_that_the_shop_does_not_show_is_told_again_and_counted() throws SQLException {
        mine.sell("V-1", sku(1), 1);
        mine.sell("V-2", sku(2), 1);
        mine.tick();
        mine.send("V-1", sku(1), 1, "EX1");
        mine.send("V-2", sku(2), 1, "EX2");
        mine.jobs().later(A_MINUTE);
        mine.jobs().later(A_MINUTE);
        assertThat(mine.shop().heard()).hasSize(2);
        mine.shop().takeBack("EX1");

        mine.jobs().untilMorning();
        mine.jobs().later(A_MINUTE);

        assertThat(newest().shipmentsCompared()).isEqualTo(2);
        assertThat(newest().shipmentsUntold()).isEqualTo(1);
        assertThat(mine.shop().heard())
                .extracting(it -> it.tracking())
                .containsExactly("EX2", "EX1");
        assertThat(mine.reports()).containsExactlyInAnyOrder("TOLD 1 DONE", "TOLD 1 DONE");
        mine.jobs().untilMorning();
        assertThat(newest().shipmentsUntold()).isZero();
        assertThat(newest().outcome()).isEqualTo(DriftOutcome.SOUND);
        assertThat(mine.shop().onHand(sku(1))).isEqualTo(9);
    }

    @Test
    void killed_between_two_of_the_three_it_goes_on_and_counts_nothing_twice() throws SQLException {
        mine.sell("V-1", sku(1), 1);
        mine.tick();
        mine.send("V-1", sku(1), 1, "EX1");
        mine.jobs().later(A_MINUTE);
        mine.jobs().later(A_MINUTE);
        mine.shop().takeBack("EX1");
        mine.shop().item(sku(3), 77);
        for (String call : List.of("orders", "unshown", "levels")) {
            mine.shop().between(killing(call));
            assertThatThrownBy(() -> reach(call)).isInstanceOf(WatchedShop.Killed.class);
            mine.jobs()
                    .change(
                            "update wms.drift_report set leased_until = clock_timestamp() - interval"
                                    + " '1 s' where tenant_id = ?",
                            mine.client());
            // Whoever is killed takes the calls along that it was allowed.
            mine.jobs()
                    .change(
                            "update wms.connection_pace set filled_at = filled_at - interval '5 min'"
                                    + " where tenant_id = ?",
                            mine.client());
        }
        mine.shop().between(going());
        mine.jobs().later(Duration.ofMinutes(10));

        assertThat(newest().outcome()).isEqualTo(DriftOutcome.MENDED);
        assertThat(newest().ordersCompared()).as("open there again").isEqualTo(1);
        assertThat(newest().ordersMissing()).isZero();
        assertThat(newest().shipmentsCompared()).isEqualTo(1);
        assertThat(newest().shipmentsUntold()).isEqualTo(1);
        assertThat(newest().compared()).isEqualTo(ITEMS);
        assertThat(newest().differing()).isEqualTo(1);
        assertThat(mine.shop().heard()).hasSize(1);
    }

    // The first is reached at night, the others when the run that died is taken up again.
    private void reach(String call) {
        if (call.equals("orders")) {
            mine.jobs().untilMorning();
        } else {
            mine.jobs().later(Duration.ofMinutes(10));
        }
    }

    private LocalShop.Between killing(String when) {
        return new LocalShop.Between() {
            @Override
            public <T> Reply<T> call(String what, Supplier<Reply<T>> shop) {
                var reply = shop.get();
                if (what.equals(when) && isNight()) {
                    throw new WatchedShop.Killed();
                }
                return reply;
            }
        };
    }

    private boolean isNight() {
        try {
            return mine.jobs().count("wms.drift_report", mine.client()) > 0;
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static LocalShop.Between going() {
        return new LocalShop.Between() {
            @Override
            public <T> Reply<T> call(String what, Supplier<Reply<T>> shop) {
                return shop.get();
            }
        };
    }

    private static String sku(int number) {
        return "SKU-%02d".formatted(number);
    }

    private GetDriftReport.Night newest() {
        return mine.client()
                .done(
                        GetDriftReport.OPERATION,
                        new GetDriftReport.Request(
                                mine.connection(), Optional.empty(), Optional.empty()))
                .nights()
                .getFirst();
    }
}
