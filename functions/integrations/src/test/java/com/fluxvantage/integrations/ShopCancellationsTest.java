package com.fluxvantage.integrations;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.operation.PageLimit;
import com.fluxvantage.kernel.outside.ShopKey;
import com.fluxvantage.testing.Answer;
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
    private final OrdersOfAShop floor = new OrdersOfAShop(mine);

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
        done(floor.pick("V-1"));

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
        done(floor.pack("V-1"));
        done(floor.dispatch("V-1"));
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
        done(floor.pick("V-1"));
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
                                Map.of("order_id", floor.order("V-1")),
                                "{\"reason\": \"CUSTOMER_REQUEST\"}"));

        mine.shop().later(A_MINUTE);
        mine.shop().cancel(order);
        mine.tick();

        assertThat(states()).containsExactly("V-1 CANCELLED CUSTOMER_REQUEST");
        assertThat(all().getFirst().outcome()).contains(CancelOutcome.CANCELLED);
    }

    /** The shop cancels while pickers scan, packers pack and the lorry is loaded. */
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
        done(floor.pick("V-1"));
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

    private List<String> states() throws SQLException {
        return mine.jobs().rows(STATES, mine.client());
    }

    private List<SearchShopCancellations.Cancellation> all() {
        return floor.found(Optional.empty());
    }

    private List<SearchShopCancellations.Cancellation> open() {
        return floor.found(Optional.of(true));
    }

    private static CloseShopCancellation.Request closing(
            SearchShopCancellations.Cancellation late) {
        return new CloseShopCancellation.Request(late.shopOrderId());
    }

    private static void done(Answer answer) {
        assertThat(answer.status()).as("%s", answer).isLessThan(300);
    }
}
