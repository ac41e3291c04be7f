package com.fluxvantage.integrations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fluxvantage.kernel.outside.Shops.Reply;
import com.fluxvantage.kernel.outside.Shops.Trouble;
import com.fluxvantage.kernel.pace.Pace;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.text.Sku;
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

/**
 * A shop sells what is here: it is told once a minute what has changed, whoever dies on the way.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class PushStockTest {
    private static final Duration A_MINUTE = Duration.ofMinutes(1);

    private final TestPlatform platform =
            TestPlatform.running("push-stock", "pull-orders", "report-shipments");
    private final ConnectedShop mine = new ConnectedShop(platform);
    private final WatchedShop shop = new WatchedShop(mine.shop());

    @BeforeEach
    void a_hundred_here_and_there() {
        mine.jobs().untilSeven();
        platform.ports().shops().open(mine.host(), shop);
        mine.item("TEA", 100);
        tick();
        shop.forget();
    }

    @Test
    void what_is_corrected_is_told_within_a_minute_and_only_once() {
        adjust("TEA", -10);
        adjust("TEA", 4);
        tick();
        tick();
        tick();

        assertThat(shop.told()).containsExactly("TEA 94");
        assertThat(mine.shop().onHand("TEA")).isEqualTo(94);
    }

    /** At the dock they are no picker's goods; it is the putaway that makes them available. */
    @Test
    void goods_count_once_they_are_put_away_and_not_before() {
        var given = mine.tenant().given();
        var bucket = given.receive(given.openReceipt(given.asn("TEA 20")), "TEA", 20);
        tick();
        assertThat(shop.told()).isEmpty();

        given.putAway(bucket, 20, "A-01");
        tick();

        assertThat(shop.told()).containsExactly("TEA 120");
    }

    @Test
    void an_item_that_the_shop_had_never_heard_of_from_us_is_told_at_first() {
        assertThat(mine.shop().onHand("TEA")).isEqualTo(100);
        mine.tenant().given().item("CUP");
        mine.shop().item("CUP", 7);
        mine.tenant().given().stock("CUP", 5, "A-02");

        tick();

        assertThat(shop.told()).containsExactly("CUP 5");
    }

    @Test
    void of_each_item_the_buffer_is_not_offered_and_one_item_has_its_own() {
        mine.item("CUP", 10);
        buffer(Optional.empty(), 3);
        buffer(Optional.of("CUP"), 20);
        tick();

        assertThat(mine.shop().onHand("TEA")).isEqualTo(97);
        assertThat(mine.shop().onHand("CUP")).as("never less than nothing").isZero();

        mine.client()
                .done(
                        SetStockBuffer.OPERATION,
                        new SetStockBuffer.Request(
                                mine.connection(), Optional.of(new Sku("CUP")), Optional.empty()));
        tick();
        assertThat(mine.shop().onHand("CUP")).isEqualTo(7);
    }

    /** What the shop has sold it takes off itself, from its sale until we tell it that it left. */
    @Test
    void what_the_shop_itself_has_sold_is_taken_off_once() throws SQLException {
        mine.sell("V-1", "TEA", 3);
        tick();
        assertThat(shop.told()).as("we do not know of it yet").isEmpty();

        mine.tick();
        tick();
        assertThat(mine.orders()).containsExactly("V-1");
        assertThat(mine.shop().onHand("TEA")).as("97 to promise, 3 sold there").isEqualTo(100);

        mine.send("V-1", "TEA", 3, "EX1");
        tick();
        tick();
        tick();
        assertThat(mine.shop().heard()).hasSize(1);
        assertThat(mine.shop().onHand("TEA")).isEqualTo(97);
    }

    @Test
    void what_another_customer_was_promised_is_not_for_sale_there() {
        mine.client()
                .post(
                        "accept-order",
                        Map.of(),
                        """
                        {"warehouse_id": "%s", "reference": "B-1", "lines": [{"sku": "TEA", "quantity": 120}],
                         "recipient": {"name": "R", "street": "S", "city": "C", "postcode": "1", "country": "GB"}}
                        """
                                .formatted(mine.tenant().given().warehouseId()));
        tick();

        assertThat(shop.told()).containsExactly("TEA 0");
    }

    /** Ten thousand postings of three items between two ticks, as the ledger has them. */
    @Test
    void ten_thousand_movements_are_at_most_one_push_of_an_item_in_a_minute() throws SQLException {
        mine.item("CUP", 50);
        mine.item("POT", 50);
        tick();
        shop.forget();

        mine.jobs()
                .change(
                        """
                        with legs as (
                            insert into wms.movement (
                                tenant_id, posting_id, leg, posted_at, occurred_at, bucket_id, warehouse_id, location_id,
                                item_id, owner_id, status, quantity, kind, actor)
                            select bucket.tenant_id,
                                   cast(lpad(to_hex(cast(extract(epoch from clock_timestamp()) * 1000 as bigint)), 12, '0')
                                        || lpad(to_hex(number), 20, '0') as uuid),
                                   1, clock_timestamp(), clock_timestamp(), bucket.bucket_id, bucket.warehouse_id, bucket.location_id,
                                   bucket.item_id, bucket.owner_id, 'AVAILABLE',
                                   case when number % 2 = 0 then 1 else -1 end, 'ADJUST', 'member:x'
                              from wms.bucket
                             cross join generate_series(1, 3334) as number
                             where bucket.tenant_id = ?
                               and bucket.on_hand > 0
                            returning bucket_id)
                        update wms.bucket
                           set on_hand = on_hand - 5
                         where bucket_id in (select bucket_id from legs)
                        """,
                        mine.client());
        assertThat(mine.jobs().count("wms.movement", mine.client())).isGreaterThan(10_000);
        tick();

        assertThat(shop.calls()).isEqualTo(1);
        assertThat(shop.told()).containsExactlyInAnyOrder("TEA 95", "CUP 45", "POT 45");
    }

    @Test
    void killed_before_the_call_the_next_run_tells_it() throws SQLException {
        adjust("TEA", -10);
        shop.dieBefore();
        dies();
        shop.live();
        tick();
        assertThat(shop.told()).as("while the lease lasts").isEmpty();
        lapse();
        tick();

        assertThat(shop.told()).containsExactly("TEA 90");
    }

    /** The number before the one that was sent is right again: it is sent all the same. */
    @Test
    void killed_after_the_call_the_shop_is_told_again_even_what_it_was_told_before_that()
            throws SQLException {
        adjust("TEA", -10);
        shop.dieAfter();
        dies();
        assertThat(mine.shop().onHand("TEA")).isEqualTo(90);
        shop.live();
        adjust("TEA", 10);
        lapse();
        tick();

        assertThat(mine.shop().onHand("TEA")).isEqualTo(100);
        assertThat(shop.told()).containsExactly("TEA 90", "TEA 100");
    }

    @Test
    void who_has_lost_its_lease_stores_nothing_and_what_moves_meanwhile_is_told_next()
            throws SQLException {
        adjust("TEA", -10);
        shop.before(() -> {
            adjust("TEA", -1);
            change("update wms.channel_stock set fence = fence + 1 where tenant_id = ?");
        });
        tick();
        shop.live();
        lapse();
        tick();

        assertThat(mine.shop().onHand("TEA")).isEqualTo(89);
    }

    @Test
    void a_shop_that_asks_for_time_is_not_called_before_and_then_told_the_newest()
            throws SQLException {
        shop.answers(new Reply.Failed<>(Trouble.THROTTLED, Optional.of(Duration.ofMinutes(10))));
        adjust("TEA", -10);
        tick();
        assertThat(shop.calls()).isEqualTo(1);
        assertThat(mine.standing().circuit()).isEqualTo(Pace.Circuit.OPEN);
        assertThat(mine.standing().lastFailure()).contains("THROTTLED");

        for (int i = 0; i < 5; i++) {
            lapse();
            adjust("TEA", -1);
            tick();
        }
        assertThat(shop.calls()).as("not one before its time").isEqualTo(1);

        shop.answersAgain();
        rested();
        lapse();
        tick();
        assertThat(shop.told()).containsExactly("TEA 85");
        assertThat(mine.standing().circuit()).isEqualTo(Pace.Circuit.CLOSED);
    }

    @Test
    void a_shop_that_is_ill_is_left_alone_after_five_calls_and_tried_with_one()
            throws SQLException {
        // Whoever fetches orders asks the same circuit, and would find the shop well.
        mine.jobs()
                .change(
                        "update wms.shop_connection set next_pull_at = next_pull_at + interval '1 y'"
                                + " where tenant_id = ?",
                        mine.client());
        shop.answers(Reply.failed(Trouble.SHOP_FAULT));
        adjust("TEA", -10);
        for (int i = 0; i < 10; i++) {
            tick();
            lapse();
        }
        assertThat(shop.calls()).isEqualTo(5);
        assertThat(mine.standing().circuit()).isEqualTo(Pace.Circuit.OPEN);
        assertThat(mine.standing().lastFailure()).contains("SHOP_FAULT");

        rested();
        tick();
        lapse();
        assertThat(shop.calls()).as("half open: one").isEqualTo(6);
        shop.answersAgain();
        rested();
        tick();
        assertThat(mine.shop().onHand("TEA")).isEqualTo(90);
    }

    @Test
    void what_the_shop_does_not_have_is_asked_of_it_once_and_keeps_nothing_else_waiting() {
        mine.tenant().given().item("ONLY-HERE");
        mine.tenant().given().stock("ONLY-HERE", 5, "A-02");
        adjust("TEA", -1);
        tick();
        assertThat(shop.told()).containsExactlyInAnyOrder("ONLY-HERE 5", "TEA 99");
        shop.forget();

        mine.tenant().given().stock("ONLY-HERE", 5, "A-02");
        tick();

        assertThat(shop.told()).isEmpty();
    }

    @Test
    void a_shop_that_is_paused_is_told_nothing_and_afterwards_all() {
        mine.client()
                .done(PauseConnection.OPERATION, new PauseConnection.Request(mine.connection()));
        adjust("TEA", -10);
        tick();
        tick();
        assertThat(shop.calls()).isZero();

        mine.client()
                .done(ResumeConnection.OPERATION, new ResumeConnection.Request(mine.connection()));
        tick();
        assertThat(shop.told()).containsExactly("TEA 90");
    }

    /**
     * Both sell the last one in the same minute: one order gets it, and neither shop sells another.
     */
    @Test
    void two_shops_that_race_for_the_last_unit_never_offer_less_than_none() throws SQLException {
        var other = new LocalShop(ConnectedShop.KEY);
        platform.ports().shops().open("second.example.org", other);
        mine.item("LAST", 1);
        other.item("LAST", 1);
        mine.client().done(ConnectShop.OPERATION, mine.request("Second", "second.example.org"));
        tick();
        mine.sell("V-1", "LAST", 1);
        other.sell(
                "W-1",
                List.of(new com.fluxvantage.kernel.outside.ShopOrder.Line("LAST", 1)),
                ConnectedShop.address("EX1 2MP"));

        mine.tick();
        tick();

        assertThat(mine.orders()).containsExactly("V-1", "W-1");
        assertThat(mine.shop().onHand("LAST")).as("sold there, so none is left").isEqualTo(1);
        assertThat(other.onHand("LAST")).isEqualTo(1);
        mine.allocate("V-1");
        mine.allocate("W-1");
        assertThat(
                        mine.jobs()
                                .rows(
                                        "select allocated || ' ' || unallocated from"
                                                + " wms.outbound_order_line where tenant_id = ?"
                                                + " order by 1",
                                        mine.client()))
                .containsExactly("0 1", "1 0");
        tick();
        assertThat(shop.told()).noneMatch(it -> it.contains("-1"));
    }

    private void tick() {
        mine.jobs().later(A_MINUTE);
    }

    private void dies() {
        assertThatThrownBy(this::tick).isInstanceOf(WatchedShop.Killed.class);
    }

    private void adjust(String sku, int delta) {
        var answer =
                mine.client()
                        .post(
                                "adjust-stock",
                                Map.of(),
                                """
                                {"warehouse_id": "%s", "location": "A-01", "sku": "%s", "delta": %d, "reason": "%s"}
                                """
                                        .formatted(
                                                mine.tenant().given().warehouseId(),
                                                sku,
                                                delta,
                                                delta < 0 ? "LOST" : "FOUND"));
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    }

    private void buffer(Optional<String> sku, long units) {
        mine.client()
                .done(
                        SetStockBuffer.OPERATION,
                        new SetStockBuffer.Request(
                                mine.connection(),
                                sku.map(Sku::new),
                                Optional.of(Quantity.of(units))));
    }

    private void lapse() throws SQLException {
        mine.jobs()
                .change(
                        "update wms.channel_stock set leased_until = clock_timestamp() - interval"
                                + " '1 s' where leased_until is not null and tenant_id = ?",
                        mine.client());
    }

    // The clock of the database is moved by nobody: the rest is made shorter instead.
    private void rested() {
        change(
                "update wms.connection_pace set rests_until = clock_timestamp(), filled_at ="
                        + " clock_timestamp() - interval '1 minute' where tenant_id = ?");
    }

    private void change(String sql) {
        try {
            mine.jobs().change(sql, mine.client());
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }
}
