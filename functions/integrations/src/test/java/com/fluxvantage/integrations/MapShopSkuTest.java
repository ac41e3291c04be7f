package com.fluxvantage.integrations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fluxvantage.kernel.operation.PageLimit;
import com.fluxvantage.kernel.outside.ShopOrder;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.text.Sku;
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
 * What a shop calls otherwise than we do comes in, is told and leaves under the shop's own name.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class MapShopSkuTest {
    private static final Duration A_MINUTE = Duration.ofMinutes(1);
    private static final String LINES =
            "select item.sku || ' ' || line.ordered || coalesce(' as ' || line.sold_as, '')"
                    + " from wms.outbound_order_line as line join wms.item on item.tenant_id ="
                    + " line.tenant_id and item.item_id = line.item_id where line.tenant_id = ?"
                    + " order by line.order_id, line.line_no";

    private final TestPlatform platform =
            TestPlatform.running(
                    "pull-orders",
                    "push-stock",
                    "report-shipments",
                    "reconcile-channel",
                    "tend-channel-deliveries");
    private final ConnectedShop mine = new ConnectedShop(platform);
    private final WatchedShop shop = new WatchedShop(mine.shop());

    @BeforeEach
    void an_item_that_the_shop_calls_otherwise() {
        mine.jobs().untilSeven();
        platform.ports().shops().open(mine.host(), shop);
        mine.tenant().given().item("TEA");
        mine.tenant().given().stock("TEA", 100, "A-01");
        mine.shop().item("Earl Grey, 50", 100);
    }

    @Test
    void an_order_that_was_held_is_made_as_soon_as_it_is_said_what_is_meant() throws SQLException {
        mine.sell("V-1", "Earl Grey, 50", 3);
        mine.tick();
        assertThat(mine.deliveries()).containsExactly("1 HELD UNKNOWN_SKU");

        assertThat(map("Earl Grey, 50", "TEA").retried()).isEqualTo(1);
        platform.clockwork().turn();

        assertThat(mine.deliveries()).containsExactly("1 APPLIED");
        assertThat(mine.jobs().rows(LINES, mine.client()))
                .containsExactly("TEA 3 as Earl Grey, 50");
        mine.sell("V-2", "Earl Grey, 50", 1);
        mine.tick();
        assertThat(mine.orders()).containsExactly("V-1", "V-2");
    }

    @Test
    void held_for_another_sku_it_waits_on_and_one_that_lacks_two_needs_both() throws SQLException {
        mine.shop().item("Pot", 9);
        mine.shop()
                .sell(
                        "V-1",
                        List.of(
                                new ShopOrder.Line("Earl Grey, 50", 1),
                                new ShopOrder.Line("Pot", 1)),
                        ConnectedShop.address("EX1"));
        mine.sell("V-2", "Pot", 1);
        mine.tick();
        mine.tenant().given().item("POT-1");

        assertThat(map("Earl Grey, 50", "TEA").retried()).isEqualTo(1);
        platform.clockwork().turn();
        assertThat(mine.orders()).isEmpty();
        assertThat(map("Pot", "POT-1").retried()).isEqualTo(2);
        platform.clockwork().turn();

        assertThat(mine.orders()).containsExactly("V-1", "V-2");
    }

    @Test
    void what_has_left_is_told_under_the_name_by_which_it_was_sold() throws SQLException {
        map("Earl Grey, 50", "TEA");
        mine.sell("V-1", "Earl Grey, 50", 3);
        mine.tick();
        unmap("Earl Grey, 50");

        mine.send("V-1", "TEA", 3, "EX1");
        mine.jobs().later(A_MINUTE);
        mine.jobs().later(A_MINUTE);

        assertThat(mine.shop().heard())
                .singleElement()
                .satisfies(it -> assertThat(it.lines()).isEqualTo(Map.of("Earl Grey, 50", 3L)));
    }

    /** Each SKU is told what may be sold of the item, and what was sold under that very one. */
    @Test
    void of_an_item_with_two_names_each_is_told_and_what_one_has_sold_is_taken_off_once() {
        mine.shop().item("Tea sampler", 0);
        map("Earl Grey, 50", "TEA");
        map("Tea sampler", "TEA");
        mine.jobs().later(A_MINUTE);
        assertThat(mine.shop().onHand("Tea sampler")).isEqualTo(100);

        mine.sell("V-1", "Earl Grey, 50", 30);
        mine.tick();
        mine.jobs().later(A_MINUTE);

        assertThat(mine.shop().onHand("Earl Grey, 50")).as("30 of it sold there").isEqualTo(100);
        assertThat(mine.shop().onHand("Tea sampler")).isEqualTo(70);
        mine.client()
                .done(
                        SetStockBuffer.OPERATION,
                        new SetStockBuffer.Request(
                                mine.connection(),
                                Optional.of(new Sku("TEA")),
                                Optional.of(Quantity.of(20))));
        mine.jobs().later(A_MINUTE);
        assertThat(mine.shop().onHand("Earl Grey, 50")).isEqualTo(80);
        assertThat(mine.shop().onHand("Tea sampler")).isEqualTo(50);
    }

    /** The shop's TEA is our POT: what is here as TEA is not told under that name any more. */
    @Test
    void what_is_said_comes_before_what_has_the_same_name_here() throws SQLException {
        mine.shop().item("TEA", 100);
        mine.tenant().given().item("POT");
        mine.tenant().given().stock("POT", 7, "A-02");
        mine.jobs().later(A_MINUTE);
        assertThat(mine.shop().onHand("TEA")).isEqualTo(100);

        map("TEA", "POT");
        mine.jobs().later(A_MINUTE);
        assertThat(mine.shop().onHand("TEA")).isEqualTo(7);
        mine.tenant().given().stock("TEA", 5, "A-01");
        mine.jobs().later(A_MINUTE);
        assertThat(mine.shop().onHand("TEA")).as("that is the pot").isEqualTo(7);
        mine.sell("V-1", "TEA", 2);
        mine.tick();
        assertThat(mine.jobs().rows(LINES, mine.client())).containsExactly("POT 2 as TEA");

        unmap("TEA");
        mine.jobs().later(A_MINUTE);
        assertThat(mine.shop().onHand("TEA")).as("105 here, and 2 sold as another").isEqualTo(105);
    }

    @Test
    void at_night_each_name_is_compared_and_reported_as_the_shop_has_it() {
        map("Earl Grey, 50", "TEA");
        mine.jobs().later(A_MINUTE);
        mine.shop().item("Earl Grey, 50", 41);

        mine.jobs().untilMorning();
        mine.jobs().later(A_MINUTE);

        var report =
                mine.client()
                        .done(
                                GetDriftReport.OPERATION,
                                new GetDriftReport.Request(
                                        mine.connection(), Optional.empty(), Optional.empty()));
        assertThat(report.nights().getFirst().outcome()).isEqualTo(DriftOutcome.MENDED);
        assertThat(report.nights().getFirst().absent()).as("TEA is no name there").isEqualTo(1);
        assertThat(report.items())
                .containsExactly(new GetDriftReport.Drift(new Sku("Earl Grey, 50"), 100, 41));
        assertThat(mine.shop().onHand("Earl Grey, 50")).isEqualTo(100);
    }

    @Test
    void said_again_the_newest_counts_and_taken_back_it_is_unknown() throws SQLException {
        mine.tenant().given().item("POT");
        map("Earl Grey, 50", "POT");
        map("Earl Grey, 50", "TEA");
        assertThat(mapped(Optional.empty()).items())
                .extracting(SearchShopSkus.Mapped::shopSku, SearchShopSkus.Mapped::sku)
                .containsExactly(tuple(new Sku("Earl Grey, 50"), new Sku("TEA")));

        unmap("Earl Grey, 50");
        mine.sell("V-1", "Earl Grey, 50", 1);
        mine.tick();

        assertThat(mine.deliveries()).containsExactly("1 HELD UNKNOWN_SKU");
        assertThat(mapped(Optional.empty()).items()).isEmpty();
        assertThat(mine.client().call(UnmapShopSku.OPERATION, unmapping("Earl Grey, 50")).status())
                .as("it was taken back before")
                .isEqualTo(404);
    }

    @Test
    void what_a_channel_signs_is_understood_the_same_way() throws SQLException {
        var pushed = mine.tenant().connect("Signs by itself").connectionId();
        mine.client()
                .done(
                        MapShopSku.OPERATION,
                        new MapShopSku.Request(pushed, new Sku("Tee"), new Sku("TEA")));
        new SignedShop(platform, pushed).send("evt-1", SignedShop.order("S-1", "Tee", 2));
        platform.clockwork().turn();

        assertThat(mine.jobs().rows(LINES, mine.client())).containsExactly("TEA 2 as Tee");
    }

    @Test
    void pages_show_each_once() {
        for (String sku : List.of("a", "b", "c")) {
            map(sku, "TEA");
        }
        var first = mapped(Optional.of(new PageLimit(2)));
        var rest =
                mine.client()
                        .done(
                                SearchShopSkus.OPERATION,
                                new SearchShopSkus.Request(
                                        mine.connection(),
                                        Optional.of(new PageLimit(2)),
                                        first.nextCursor()));

        assertThat(first.items()).extracting(it -> it.shopSku().value()).containsExactly("a", "b");
        assertThat(rest.items()).extracting(it -> it.shopSku().value()).containsExactly("c");
        assertThat(rest.nextCursor()).isEmpty();
    }

    @Test
    void another_tenant_neither_sees_nor_says_nor_takes_back_anything_and_is_meant_by_nothing()
            throws SQLException {
        map("Earl Grey, 50", "TEA");
        var theirs = new ConnectedShop(platform);
        var attack = theirs.client();

        assertThat(attack.call(MapShopSku.OPERATION, mapping("x", "TEA")).status()).isEqualTo(404);
        assertThat(attack.call(UnmapShopSku.OPERATION, unmapping("Earl Grey, 50")).status())
                .isEqualTo(404);
        assertThat(
                        attack.call(
                                        SearchShopSkus.OPERATION,
                                        new SearchShopSkus.Request(
                                                mine.connection(),
                                                Optional.empty(),
                                                Optional.empty()))
                                .status())
                .isEqualTo(404);
        assertThat(
                        attack.call(
                                        MapShopSku.OPERATION,
                                        new MapShopSku.Request(
                                                theirs.connection(), new Sku("x"), new Sku("TEA")))
                                .status())
                .as("an item of ours")
                .isEqualTo(404);
        theirs.shop().item("Earl Grey, 50", 5);
        theirs.sell("W-1", "Earl Grey, 50", 1);
        theirs.tick();
        assertThat(theirs.deliveries()).containsExactly("1 HELD UNKNOWN_SKU");
        assertThat(mapped(Optional.empty()).items()).hasSize(1);
    }

    @Test
    void of_a_connection_that_has_ended_nothing_is_said() {
        mine.client()
                .done(
                        DisconnectChannel.OPERATION,
                        new DisconnectChannel.Request(mine.connection()));

        assertThat(mine.client().call(MapShopSku.OPERATION, mapping("x", "TEA")).code())
                .isEqualTo("integrations.connection-not-in-this-state");
    }

    private MapShopSku.Result map(String shopSku, String sku) {
        return mine.client().done(MapShopSku.OPERATION, mapping(shopSku, sku));
    }

    private void unmap(String shopSku) {
        mine.client().done(UnmapShopSku.OPERATION, unmapping(shopSku));
    }

    private MapShopSku.Request mapping(String shopSku, String sku) {
        return new MapShopSku.Request(mine.connection(), new Sku(shopSku), new Sku(sku));
    }

    private UnmapShopSku.Request unmapping(String shopSku) {
        return new UnmapShopSku.Request(mine.connection(), new Sku(shopSku));
    }

    private SearchShopSkus.Result mapped(Optional<PageLimit> limit) {
        return mine.client()
                .done(
                        SearchShopSkus.OPERATION,
                        new SearchShopSkus.Request(mine.connection(), limit, Optional.empty()));
    }
}
