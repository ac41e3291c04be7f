package com.fluxvantage.integrations;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.operation.PageLimit;
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
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;

/** What a shop has cancelled is not sent, unless picking had begun; then a person sees it. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ShopCancellationsTest {
    private static final Duration A_MINUTE = Duration.ofMinutes(1);
    private static final String STATES =
            "select reference || ' ' || state || coalesce(' ' || cancel_reason, '') from"
                    + " wms.outbound_order where tenant_id = ? order by reference";

    private final TestPlatform platform =
            TestPlatform.running("pull-orders", "push-stock", "reconcile-channel");
    private final ConnectedShop mine = new ConnectedShop(platform);

    @BeforeEach
    void an_item_here_and_there() {
        mine.jobs().untilSeven();
        mine.item("TEA", 100);
    }

    @Test
    void an_order_that_waits_is_cancelled_and_its_goods_are_free() throws SQLException {
        var order = mine.sell("V-1", "TEA", 3);
        mine.tick();
        mine.allocate("V-1");

        mine.shop().later(A_MINUTE);
        mine.shop().cancel(order);
        mine.tick();

        assertThat(states()).containsExactly("V-1 CANCELLED CANCELLED_IN_SHOP");
        assertThat(
                        mine.jobs()
                                .rows(
                                        "select sum(reserved) from wms.bucket where tenant_id = ?",
                                        mine.client()))
                .containsExactly("0");
        assertThat(all())
                .singleElement()
                .satisfies(it -> {
                    assertThat(it.outcome()).contains(CancelOutcome.CANCELLED);
                    assertThat(it.reference().orElseThrow().value()).isEqualTo("V-1");
                    assertThat(it.externalKey()).isEqualTo(order);
                    assertThat(it.decidedAt()).isPresent();
                });
        assertThat(open()).isEmpty();
        mine.tick();
        mine.tick();
        assertThat(all()).as("read again, it is one").hasSize(1);
        assertThat(mine.jobs().deadLetters(mine.client())).isEmpty();
    }

    @Test
    void what_nothing_was_made_of_yet_is_dropped_with_what_it_says_of_people() throws SQLException {
        mine.shop().item("POT", 9);
        var order = mine.sell("V-1", "POT", 1);
        mine.tick();
        assertThat(mine.deliveries()).containsExactly("1 HELD UNKNOWN_SKU");

        mine.shop().later(A_MINUTE);
        mine.shop().cancel(order);
        mine.tick();
        mine.tenant().given().item("POT");
        mine.jobs().later(Duration.ofHours(1));

        assertThat(mine.orders()).isEmpty();
        assertThat(
                        mine.jobs()
                                .rows(
                                        "select state || ' ' || dropped_for || ' ' || (body is"
                                                + " null) from wms.channel_delivery where tenant_id"
                                                + " = ?",
                                        mine.client()))
                .containsExactly("DROPPED CANCELLED_IN_SHOP true");
        assertThat(all())
                .singleElement()
                .satisfies(it -> {
                    assertThat(it.outcome()).contains(CancelOutcome.CANCELLED);
                    assertThat(it.reference()).isEmpty();
                });
    }

    @Test
    void what_we_have_never_heard_of_is_nothing_to_us() throws SQLException {
        var order = mine.sell("V-1", "TEA", 3);
        mine.shop().cancel(order);

        mine.tick();

        assertThat(mine.orders()).isEmpty();
        assertThat(mine.deliveries()).isEmpty();
        assertThat(all()).isEmpty();
    }

    @Test
    void after_the_first_pick_it_is_too_late_and_a_person_sees_it_until_it_is_dealt_with()
            throws SQLException {
        var order = mine.sell("V-1", "TEA", 3);
        mine.tick();
        mine.allocate("V-1");
        done(pick("V-1"));

        mine.shop().later(A_MINUTE);
        mine.shop().cancel(order);
        mine.tick();

        assertThat(states()).containsExactly("V-1 PICKED");
        var late = open();
        assertThat(late)
                .singleElement()
                .satisfies(it -> {
                    assertThat(it.outcome()).contains(CancelOutcome.TOO_LATE);
                    assertThat(it.orderState()).contains("PICKED");
                    assertThat(it.closedAt()).isEmpty();
                });
        done(pack("V-1"));
        done(dispatch("V-1"));
        mine.jobs().later(A_MINUTE);
        assertThat(open().getFirst().orderStateNow()).contains("SHIPPED");
        assertThat(mine.reports()).as("the shop takes no shipment of it").isEmpty();

        mine.client().done(CloseShopCancellation.OPERATION, closing(late.getFirst()));

        assertThat(open()).isEmpty();
        assertThat(all()).singleElement().satisfies(it -> assertThat(it.closedAt()).isPresent());
        assertThat(
                        mine.client()
                                .call(CloseShopCancellation.OPERATION, closing(late.getFirst()))
                                .code())
                .isEqualTo("integrations.nothing-to-close");
    }

    /** From its cancelling on the shop takes the units off no more, wherever they are here. */
    @Test
    void the_shop_is_told_what_it_may_sell_without_what_it_has_cancelled() {
        mine.jobs().later(A_MINUTE);
        var sent = mine.sell("V-1", "TEA", 30);
        var freed = mine.sell("V-2", "TEA", 5);
        mine.tick();
        mine.allocate("V-1");
        done(pick("V-1"));
        mine.jobs().later(A_MINUTE);
        assertThat(mine.shop().onHand("TEA")).isEqualTo(100);

        mine.shop().later(A_MINUTE);
        mine.shop().cancel(sent);
        mine.shop().cancel(freed);
        mine.tick();
        mine.jobs().later(A_MINUTE);

        assertThat(mine.shop().onHand("TEA")).as("30 leave in spite of it").isEqualTo(70);
    }

    @Test
    void cancelled_by_a_person_before_it_is_cancelled_all_the_same() throws SQLException {
        var order = mine.sell("V-1", "TEA", 3);
        mine.tick();
        done(
                mine.client()
                        .post(
                                "cancel-order",
                                Map.of("order_id", order("V-1")),
                                "{\"reason\": \"CUSTOMER_REQUEST\"}"));

        mine.shop().later(A_MINUTE);
        mine.shop().cancel(order);
        mine.tick();

        assertThat(states()).containsExactly("V-1 CANCELLED CUSTOMER_REQUEST");
        assertThat(all().getFirst().outcome()).contains(CancelOutcome.CANCELLED);
    }

    /** The shop cancels while pickers scan, packers pack and the lorry is loaded. */
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
            done(pick(number));
        }
        done(pack("V-3"));
        done(pack("V-4"));
        mine.shop().later(A_MINUTE);
        placed.forEach(mine.shop()::cancel);
        var told = new CountDownLatch(1);
        mine.shop().between(counting(told));

        // The first is cancelled first, and picked last.
        List<Runnable> floor =
                List.of(
                        () -> mine.tick(),
                        () -> {
                            for (int i = orders; i > 4; i--) {
                                pick("V-" + i);
                            }
                        },
                        () -> {
                            pack("V-1");
                            pack("V-2");
                        },
                        () -> {
                            dispatch("V-3");
                            dispatch("V-4");
                        });
        Together.all(
                floor.size(),
                number -> {
                    if (number > 0) {
                        await(told);
                    }
                    floor.get(number).run();
                    return number;
                });
        mine.tick();

        var outcomes = all();
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

    @Test
    void another_tenant_neither_sees_nor_closes_it_and_its_shop_cancels_nothing_of_ours()
            throws SQLException {
        mine.sell("V-1", "TEA", 3);
        mine.tick();
        var theirs = new ConnectedShop(platform);
        theirs.item("TEA", 10);
        var same = theirs.sell("V-1", "TEA", 1);
        theirs.tick();
        theirs.shop().later(A_MINUTE);
        theirs.shop().cancel(same);
        theirs.tick();
        assertThat(states()).as("the same key in another shop").containsExactly("V-1 ACCEPTED");

        mine.allocate("V-1");
        done(pick("V-1"));
        mine.shop().later(A_MINUTE);
        mine.shop().cancel(same);
        mine.tick();
        var late = open().getFirst();

        assertThat(
                        theirs.client()
                                .done(
                                        SearchShopCancellations.OPERATION,
                                        new SearchShopCancellations.Request(
                                                Optional.empty(),
                                                Optional.empty(),
                                                Optional.empty()))
                                .items())
                .extracting(it -> it.shopOrderId())
                .doesNotContain(late.shopOrderId())
                .hasSize(1);
        assertThat(theirs.client().call(CloseShopCancellation.OPERATION, closing(late)).status())
                .isEqualTo(404);
        assertThat(open()).hasSize(1);
    }

    @Test
    void pages_show_each_once() {
        for (int i = 1; i <= 3; i++) {
            mine.sell("V-" + i, "TEA", 1);
        }
        mine.tick();
        mine.shop().later(A_MINUTE);
        for (int i = 1; i <= 3; i++) {
            mine.shop().cancel(new ShopKey(String.valueOf(i)));
        }
        mine.tick();

        var first =
                mine.client()
                        .done(
                                SearchShopCancellations.OPERATION,
                                new SearchShopCancellations.Request(
                                        Optional.empty(),
                                        Optional.of(new PageLimit(2)),
                                        Optional.empty()));
        var rest =
                mine.client()
                        .done(
                                SearchShopCancellations.OPERATION,
                                new SearchShopCancellations.Request(
                                        Optional.empty(),
                                        Optional.of(new PageLimit(2)),
                                        first.nextCursor()));

        assertThat(first.items()).hasSize(2);
        assertThat(rest.items()).hasSize(1).doesNotContainAnyElementsOf(first.items());
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

    private List<String> states() throws SQLException {
        return mine.jobs().rows(STATES, mine.client());
    }

    private List<SearchShopCancellations.Cancellation> all() {
        return found(Optional.empty());
    }

    private List<SearchShopCancellations.Cancellation> open() {
        return found(Optional.of(true));
    }

    private List<SearchShopCancellations.Cancellation> found(Optional<Boolean> open) {
        return mine.client()
                .done(
                        SearchShopCancellations.OPERATION,
                        new SearchShopCancellations.Request(
                                open, Optional.empty(), Optional.empty()))
                .items();
    }

    private static CloseShopCancellation.Request closing(
            SearchShopCancellations.Cancellation late) {
        return new CloseShopCancellation.Request(late.shopOrderId());
    }

    private static void done(Answer answer) {
        assertThat(answer.status()).as("%s", answer).isLessThan(300);
    }

    private String order(String reference) {
        return mine.client()
                .get("search-orders", Map.of(), Map.of("reference", reference))
                .json()
                .at("/items/0/order_id")
                .asString();
    }

    private Answer pick(String reference) {
        var pick =
                mine.client()
                        .get(
                                "list-picks",
                                Map.of(),
                                Map.of(
                                        "warehouse_id",
                                        mine.tenant().given().warehouseId(),
                                        "order_id",
                                        order(reference)))
                        .json()
                        .at("/items/0");
        return mine.client()
                .post(
                        "confirm-pick",
                        Map.of("pick_id", pick.path("pick_id").asString("pck_none")),
                        """
                        {"location": "A-01", "sku": "TEA", "quantity": %d}
                        """
                                .formatted(pick.path("quantity").asLong(1)));
    }

    private Answer pack(String reference) {
        return mine.client()
                .post(
                        "pack-carton",
                        Map.of("order_id", order(reference)),
                        "{\"contents\": [{\"sku\": \"TEA\", \"quantity\": %d}]}"
                                .formatted(units(reference)));
    }

    private long units(String reference) {
        return mine.client()
                .get("get-order", Map.of("order_id", order(reference)), Map.of())
                .json()
                .at("/lines/0/ordered")
                .asLong();
    }

    private Answer dispatch(String reference) {
        return mine.client()
                .post(
                        "dispatch-shipment",
                        Map.of("order_id", order(reference)),
                        "{\"carrier\": \"Postal Service\", \"tracking\": \"EX-%s\"}"
                                .formatted(reference));
    }
}
