package com.fluxvantage.integrations;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.outside.Shops.Reply;
import com.fluxvantage.kernel.outside.Shops.Trouble;
import com.fluxvantage.runtime.LocalShop;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** A shop is told what has left of its order: once, with the tracking number, whoever dies. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ReportShipmentsTest {
    private static final Duration A_MINUTE = Duration.ofMinutes(1);

    private final TestPlatform platform = TestPlatform.running("report-shipments", "pull-orders");
    private final ConnectedShop mine = new ConnectedShop(platform);

    @BeforeEach
    void an_order_that_a_shop_has_sold() throws SQLException {
        mine.keepsItsStock();
        mine.jobs().untilSeven();
        mine.item("TEA", 100);
        mine.sell("V-1", "TEA", 3);
        mine.tick();
    }

    @Test
    void the_shop_is_told_carrier_tracking_number_and_what_it_was() throws SQLException {
        mine.send("V-1", "TEA", 3, "EX1");

        mine.jobs().later(A_MINUTE);
        mine.jobs().later(A_MINUTE);

        assertThat(mine.shop().heard())
                .singleElement()
                .satisfies(it -> {
                    assertThat(it.carrier()).isEqualTo("Postal Service");
                    assertThat(it.tracking()).isEqualTo("EX1");
                    assertThat(it.lines()).isEqualTo(Map.of("TEA", 3L));
                });
        assertThat(mine.reports()).containsExactly("TOLD 1 DONE");
        assertThat(mine.shop().onHand("TEA")).isEqualTo(97);
    }

    @Test
    void of_an_order_that_no_shop_has_sold_none_is_told() throws SQLException {
        var accepted =
                mine.client()
                        .post(
                                "accept-order",
                                Map.of(),
                                """
                                {"warehouse_id": "%s", "reference": "SO-1", "lines": [{"sku": "TEA", "quantity": 1}],
                                 "recipient": {"name": "Zoe", "street": "7 Nib Lane", "city": "Inkwell",
                                               "postcode": "90210", "country": "US"}}
                                """
                                        .formatted(mine.tenant().given().warehouseId()));
        assertThat(accepted.status()).isEqualTo(201);
        mine.send("SO-1", "TEA", 1, "EX1");

        mine.jobs().later(A_MINUTE);

        assertThat(mine.reports()).isEmpty();
        assertThat(mine.shop().heard()).isEmpty();
    }

    @Test
    void who_has_lost_the_lease_stores_nothing() throws SQLException {
        mine.send("V-1", "TEA", 3, "EX1");
        mine.shop()
                .between(
                        new LocalShop.Between() {
                            @Override
                            public <T> Reply<T> call(String what, Supplier<Reply<T>> shop) {
                                anotherTakesIt();
                                return shop.get();
                            }
                        });

        mine.jobs().later(A_MINUTE);

        assertThat(mine.reports()).containsExactly("PENDING 0");
    }

    @Test
    void an_answer_that_is_lost_again_and_again_tells_the_shop_once() throws SQLException {
        mine.send("V-1", "TEA", 3, "EX1");
        mine.shop()
                .between(
                        new LocalShop.Between() {
                            private int lost;

                            @Override
                            public <T> Reply<T> call(String what, Supplier<Reply<T>> shop) {
                                var reply = shop.get();
                                return what.equals("ship") && ++lost <= 3
                                        ? Reply.failed(Trouble.TIMED_OUT)
                                        : reply;
                            }
                        });

        for (int i = 0; i < 15; i++) {
            mine.jobs().later(A_MINUTE);
        }

        assertThat(mine.shop().heard()).hasSize(1);
        assertThat(mine.reports()).containsExactly("TOLD 4 DONE");
    }

    @Test
    void one_that_the_shop_refuses_keeps_no_other_waiting_and_a_person_sees_it_in_the_end()
            throws SQLException {
        mine.sell("V-2", "TEA", 2);
        mine.tick();
        mine.shop()
                .between(
                        new LocalShop.Between() {
                            private int calls;

                            @Override
                            public <T> Reply<T> call(String what, Supplier<Reply<T>> shop) {
                                return what.equals("ship") && ++calls == 1
                                        ? Reply.failed(Trouble.REFUSED)
                                        : shop.get();
                            }
                        });
        mine.send("V-1", "TEA", 3, "EX1");
        mine.send("V-2", "TEA", 2, "EX2");

        mine.jobs().later(A_MINUTE);

        assertThat(mine.shop().heard()).hasSize(1);
        assertThat(mine.reports()).containsExactlyInAnyOrder("PENDING 1 REFUSED", "TOLD 1 DONE");
        mine.shop().between(refusing());
        mine.jobs()
                .change(
                        "update wms.shop_report set attempts = 79 where state = 'PENDING' and"
                                + " tenant_id = ?",
                        mine.client());
        mine.jobs().later(Duration.ofMinutes(5));
        assertThat(mine.reports()).containsExactlyInAnyOrder("FAILED 80 REFUSED", "TOLD 1 DONE");
    }

    @Test
    void a_shop_that_asks_to_be_left_alone_is() throws SQLException {
        mine.send("V-1", "TEA", 3, "EX1");
        mine.shop()
                .between(
                        answering(
                                new Reply.Failed<>(
                                        Trouble.THROTTLED, Optional.of(Duration.ofMinutes(3)))));
        mine.jobs().later(A_MINUTE);
        mine.shop().between(going());

        mine.jobs().later(A_MINUTE);
        assertThat(mine.shop().heard()).isEmpty();
        mine.rested();
        mine.jobs().later(Duration.ofMinutes(3));

        assertThat(mine.shop().heard()).hasSize(1);
    }

    @Test
    void of_an_ended_connection_nobody_is_told() throws SQLException {
        mine.client()
                .done(
                        DisconnectChannel.OPERATION,
                        new DisconnectChannel.Request(mine.connection()));
        mine.send("V-1", "TEA", 3, "EX1");

        mine.jobs().later(A_MINUTE);

        assertThat(mine.shop().heard()).isEmpty();
        assertThat(mine.reports()).isEqualTo(List.of("PENDING 0"));
    }

    private static LocalShop.Between going() {
        return new LocalShop.Between() {
            @Override
            public <T> Reply<T> call(String what, Supplier<Reply<T>> shop) {
                return shop.get();
            }
        };
    }

    private static LocalShop.Between refusing() {
        return answering(new Reply.Failed<>(Trouble.REFUSED, Optional.empty()));
    }

    private static LocalShop.Between answering(Reply.Failed<?> with) {
        return new LocalShop.Between() {
            @Override
            public <T> Reply<T> call(String what, Supplier<Reply<T>> shop) {
                return new Reply.Failed<>(with.trouble(), with.notBefore());
            }
        };
    }

    private void anotherTakesIt() {
        try {
            mine.jobs()
                    .change(
                            "update wms.shop_report set fence = fence + 1 where tenant_id = ?",
                            mine.client());
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
