package com.fluxvantage.integrations;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.outside.ShopKey;
import com.fluxvantage.kernel.outside.Shops.Reply;
import com.fluxvantage.runtime.LocalShop;
import com.fluxvantage.testing.Answer;
import com.fluxvantage.testing.TestPlatform;
import com.fluxvantage.testing.Together;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;

/** A shop cancels while its orders are picked, packed and sent by many hands. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ShopCancellationRaceTest {
    private static final Duration A_MINUTE = Duration.ofMinutes(1);

    private final TestPlatform platform = TestPlatform.running("pull-orders", "push-stock");
    private final ConnectedShop mine = new ConnectedShop(platform);
    private final OrdersOfAShop floor = new OrdersOfAShop(mine);

    @BeforeEach
    void an_item_here_and_there() {
        mine.jobs().untilSeven();
        mine.item("TEA", 100);
    }

    @Test
    void cancelled_and_picked_packed_or_sent_at_the_same_moment_one_of_them_wins()
            throws SQLException {
        int orders = 12;
        var placed = new ArrayList<ShopKey>();
        for (int i = 1; i <= orders; i++) {
            placed.add(mine.sell("V-" + i, "TEA", 2));
        }
        mine.tick();
        for (int i = 1; i <= orders; i++) {
            mine.allocate("V-" + i);
        }
        for (String number : List.of("V-1", "V-2", "V-3", "V-4")) {
            done(floor.pick(number));
        }
        done(floor.pack("V-3"));
        done(floor.pack("V-4"));
        mine.shop().later(A_MINUTE);
        placed.forEach(mine.shop()::cancel);
        var told = new CountDownLatch(1);
        mine.shop().between(counting(told));

        // The first is cancelled first, and picked last.
        List<Runnable> hands =
                List.of(
                        () -> mine.tick(),
                        () -> {
                            for (int i = orders; i > 4; i--) {
                                floor.pick("V-" + i);
                            }
                        },
                        () -> {
                            floor.pack("V-1");
                            floor.pack("V-2");
                        },
                        () -> {
                            floor.dispatch("V-3");
                            floor.dispatch("V-4");
                        });
        Together.all(
                hands.size(),
                number -> {
                    if (number > 0) {
                        await(told);
                    }
                    hands.get(number).run();
                    return number;
                });
        mine.tick();

        var outcomes = floor.found(Optional.empty());
        assertThat(outcomes).hasSize(orders).allMatch(it -> it.outcome().isPresent());
        for (var it : outcomes) {
            String now = it.orderStateNow().orElseThrow();
            if (it.outcome().equals(Optional.of(CancelOutcome.CANCELLED))) {
                assertThat(now).isEqualTo("CANCELLED");
            } else {
                assertThat(now).isIn("PICKED", "PACKED", "SHIPPED");
                assertThat(it.orderState().orElseThrow())
                        .isIn("PICKING", "PICKED", "PACKED", "SHIPPED");
            }
        }
        assertThat(outcomes)
                .filteredOn(it -> !it.orderStateNow().equals(Optional.of("CANCELLED")))
                .hasSizeGreaterThanOrEqualTo(4);
        assertThat(
                        mine.jobs()
                                .rows(
                                        """
                                        select count(*)
                                          from wms.outbound_order_line as line
                                          join wms.outbound_order as head
                                            on head.tenant_id = line.tenant_id
                                           and head.order_id = line.order_id
                                         where line.tenant_id = ?
                                           and (head.state = 'CANCELLED') <> (line.cancelled = line.ordered)
                                        """,
                                        mine.client()))
                .containsExactly("0");
        assertThat(
                        mine.jobs()
                                .rows(
                                        "select sum(reserved) from wms.bucket where tenant_id = ?",
                                        mine.client()))
                .as("what is picked and packed is promised, and nothing else")
                .containsExactly(
                        String.valueOf(
                                2
                                        * outcomes.stream()
                                                .flatMap(it -> it.orderStateNow().stream())
                                                .filter(it ->
                                                        List.of("PICKED", "PACKED").contains(it))
                                                .count()));
        assertThat(mine.jobs().deadLetters(mine.client())).isEmpty();
    }

    private static LocalShop.Between counting(CountDownLatch told) {
        return new LocalShop.Between() {
            @Override
            public <T> Reply<T> call(String what, Supplier<Reply<T>> shop) {
                var reply = shop.get();
                if (what.equals("orders")) {
                    told.countDown();
                }
                return reply;
            }
        };
    }

    private static void await(CountDownLatch told) {
        try {
            told.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static void done(Answer answer) {
        assertThat(answer.status()).as("%s", answer).isLessThan(300);
    }
}
