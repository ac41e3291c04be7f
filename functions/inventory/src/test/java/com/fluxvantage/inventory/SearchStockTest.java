package com.fluxvantage.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.operation.Permission;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.stock.StockStatus;
import com.fluxvantage.kernel.stock.WarehouseId;
import com.fluxvantage.testing.Answer;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SearchStockTest {
    private static final TestPlatform PLATFORM = TestPlatform.start();

    private final Client reader = PLATFORM.openTenant();
    private final GivenStock given = GivenStock.of(reader);

    @BeforeEach
    void items() {
        given.warehouse().item("TEA");
        given.warehouse().item("CUP");
        given.warehouse().itemByExpiry("MILK");
    }

    @Test
    void finds_what_lies_where_sorted_by_sku_and_place() {
        given.found("TEA", 3, "A-02");
        given.found("CUP", 2, "A-03");
        given.found("TEA", 1, "A-01");

        assertThat(places(given.search(Map.of())))
                .containsExactly("CUP A-03 2", "TEA A-01 1", "TEA A-02 3");
        assertThat(places(given.search(Map.of("sku", "TEA"))))
                .containsExactly("TEA A-01 1", "TEA A-02 3");
        assertThat(places(given.search(Map.of("location", "A-03")))).containsExactly("CUP A-03 2");
        assertThat(places(given.search(Map.of("sku", "TEA", "location", "A-03")))).isEmpty();
    }

    @Test
    void says_of_a_bucket_what_it_is_and_how_much_of_it_is_promised() {
        given.warehouse().stockLot("MILK", 10, "A-01", "L1", "2099-01-31");
        given.orderHolding("MILK", 4, given.in("A-01", "MILK").bucketId());

        var milk = given.in("A-01", "MILK");

        assertThat(milk.lot().orElseThrow().value()).isEqualTo("L1");
        assertThat(milk.expiresOn()).contains(LocalDate.parse("2099-01-31"));
        assertThat(milk.status()).isEqualTo(StockStatus.AVAILABLE);
        assertThat(milk.lpn()).isEmpty();
        assertThat(milk.onHand()).isEqualTo(Quantity.of(10));
        assertThat(milk.reserved()).isEqualTo(Quantity.of(4));
        assertThat(milk.available()).isEqualTo(Quantity.of(6));
        assertThat(milk.version()).isEqualTo(2);
    }

    @Test
    void answers_page_after_page_and_each_with_the_whole_sums_of_its_items() {
        given.found("CUP", 1, "A-01");
        given.found("CUP", 2, "A-02");
        given.found("CUP", 3, "A-03");
        given.found("TEA", 4, "A-01");
        given.found("TEA", 5, "A-02");

        var pages = pages(2);

        assertThat(pages.stream().flatMap(page -> places(page).stream()))
                .containsExactly(
                        "CUP A-01 1", "CUP A-02 2", "CUP A-03 3", "TEA A-01 4", "TEA A-02 5");
        assertThat(pages.stream().map(SearchStockTest::sums))
                .containsExactly(List.of("CUP 6"), List.of("CUP 6", "TEA 9"), List.of("TEA 9"));
    }

    @Test
    void pages_through_several_buckets_of_one_item_in_one_place() {
        given.warehouse().stockLot("MILK", 1, "A-01", "L1", "2099-01-31");
        given.warehouse().stockLot("MILK", 2, "A-01", "L2", "2099-02-28");
        given.warehouse().stockLot("MILK", 3, "A-01", "L3", "2099-03-31");

        var inTheBin = new ArrayList<String>();
        for (var page : pages(1)) {
            inTheBin.addAll(places(page));
        }

        assertThat(inTheBin).containsExactlyInAnyOrder("MILK A-01 1", "MILK A-01 2", "MILK A-01 3");
    }

    @Test
    void an_empty_bucket_is_not_found() {
        given.move(given.found("TEA", 5, "A-01"), 5, "A-02").as(MoveStock.Result.class);

        assertThat(places(given.search(Map.of("sku", "TEA")))).containsExactly("TEA A-02 5");
    }

    @Test
    void an_item_that_is_asked_for_has_its_sums_when_nothing_of_it_is_there() {
        given.warehouse().asn("TEA 24");
        given.orderWaitingFor("TEA", 5, "ACCEPTED");

        var answer = given.stock("TEA");

        assertThat(answer.items()).isEmpty();
        var total = answer.totals().getFirst();
        assertThat(
                        List.of(
                                total.onHand(),
                                total.reserved(),
                                total.available(),
                                total.atp(),
                                total.incoming()))
                .containsExactly(0L, 0L, 0L, -5L, 24L);
    }

    @Test
    void an_item_that_nobody_knows_has_no_sums() {
        assertThat(given.stock("NOBODYS").totals()).isEmpty();
    }

    @Test
    void what_may_be_promised_is_what_is_free_less_what_orders_still_wait_for() {
        var bucket = given.found("TEA", 10, "A-01");
        given.orderHolding("TEA", 3, bucket);
        given.orderWaitingFor("TEA", 1, "ACCEPTED");
        given.orderWaitingFor("TEA", 1, "ALLOCATED");
        given.orderWaitingFor("TEA", 1, "PICKING");

        var total = given.total("TEA");

        assertThat(total.onHand()).isEqualTo(10);
        assertThat(total.reserved()).isEqualTo(3);
        assertThat(total.available()).isEqualTo(7);
        assertThat(total.atp()).isEqualTo(4);
    }

    @Test
    void an_order_that_leaves_with_what_it_has_waits_for_nothing() {
        given.found("TEA", 10, "A-01");
        for (String state : List.of("PICKED", "PACKED", "SHIPPED", "CANCELLED")) {
            given.orderWaitingFor("TEA", 2, state);
        }

        assertThat(given.total("TEA").atp()).isEqualTo(10);
    }

    @Test
    void goods_at_the_dock_and_damaged_ones_are_there_and_not_available() {
        var receipt = given.warehouse().openReceipt(given.warehouse().asn("TEA 10"));
        given.warehouse().receive(receipt, "TEA", 6);
        reader.post(
                "receive-line",
                Map.of("receipt_id", receipt),
                """
                {"sku": "TEA", "quantity": 1, "condition": "DAMAGED"}\
                """);
        given.found("TEA", 2, "A-01");

        var total = given.total("TEA");

        assertThat(total.onHand()).isEqualTo(9);
        assertThat(total.available()).isEqualTo(2);
        assertThat(total.incoming()).isEqualTo(3);
        assertThat(
                        given.stock("TEA").items().stream()
                                .mapToLong(stock -> stock.available().units())
                                .sum())
                .isEqualTo(2);
    }

    @Test
    void what_came_beyond_the_announcement_takes_nothing_from_what_else_is_coming() {
        given.warehouse().item("JAR", ", \"over_receipt_percent\": 10");
        given.warehouse().asn("JAR 7");
        var receipt = given.warehouse().openReceipt(given.warehouse().asn("JAR 10"));

        given.warehouse().receive(receipt, "JAR", 11);

        assertThat(given.total("JAR").incoming()).isEqualTo(7);
    }

    @Test
    void goods_in_a_locked_place_are_not_available() {
        given.found("TEA", 10, "A-01");
        given.found("TEA", 5, "A-02");

        given.lock("A-01");

        assertThat(given.total("TEA").available()).isEqualTo(5);
        assertThat(given.in("A-01", "TEA").available()).isEqualTo(Quantity.NONE);
        assertThat(given.in("A-02", "TEA").available()).isEqualTo(Quantity.of(5));
    }

    @Test
    void goods_of_a_lot_on_hold_are_not_available() {
        given.warehouse().stockLot("MILK", 10, "A-01", "L1", "2099-01-31");
        given.warehouse().stockLot("MILK", 5, "A-02", "L2", "2099-01-31");

        given.hold("L1");

        assertThat(given.total("MILK").available()).isEqualTo(5);
        assertThat(given.in("A-01", "MILK").available()).isEqualTo(Quantity.NONE);
    }

    @Test
    void goods_are_available_to_the_last_day_on_which_they_keep_long_enough() {
        var platform = TestPlatform.start();
        var cold = GivenStock.of(platform.openTenant());
        cold.warehouse()
                .item(
                        "CREAM",
                        ", \"lot_controlled\": true, \"rotation\": \"FEFO\","
                                + " \"min_shelf_life_days\": 10");
        var today = LocalDate.ofInstant(platform.clock().instant(), ZoneOffset.UTC);
        cold.warehouse().stockLot("CREAM", 10, "A-01", "L1", today.plusDays(11).toString());

        platform.clock().move(Duration.ofDays(1));
        assertThat(cold.total("CREAM").available()).isEqualTo(10);
        assertThat(cold.in("A-01", "CREAM").available()).isEqualTo(Quantity.of(10));
        platform.clock().move(Duration.ofDays(1));
        assertThat(cold.total("CREAM").available()).isZero();
        assertThat(cold.in("A-01", "CREAM").available()).isEqualTo(Quantity.NONE);
        assertThat(cold.total("CREAM").onHand()).isEqualTo(10);
    }

    @Test
    void another_warehouse_has_its_own_sums() {
        given.found("TEA", 10, "A-01");
        given.orderWaitingFor("TEA", 1, "ACCEPTED");
        given.warehouse().asn("TEA 24");
        var elsewhere =
                reader.post(
                                "open-warehouse",
                                Map.of(),
                                """
                                {"code": "OTHER", "name": "Other", "time_zone": "Europe/London"}\
                                """)
                        .text("warehouse_id");

        var answer =
                given.search(Map.of("warehouse_id", elsewhere, "sku", "TEA"))
                        .as(SearchStock.Result.class);

        assertThat(answer.items()).isEmpty();
        var total = answer.totals().getFirst();
        assertThat(
                        List.of(
                                total.onHand(),
                                total.reserved(),
                                total.available(),
                                total.atp(),
                                total.incoming()))
                .containsOnly(0L);
    }

    @Test
    void another_tenants_warehouse_is_as_empty_as_one_that_never_was() {
        given.found("TEA", 10, "A-01");
        var stranger = GivenStock.of(PLATFORM.openTenant());
        stranger.warehouse().item("TEA");

        var foreign =
                stranger.search(
                        Map.of("warehouse_id", given.warehouse().warehouseId(), "sku", "TEA"));
        var random =
                stranger.search(
                        Map.of(
                                "warehouse_id",
                                Identifiers.text(new WarehouseId(Uuid7.next())),
                                "sku",
                                "TEA"));

        assertThat(foreign.status()).isEqualTo(200);
        assertThat(places(foreign)).isEmpty();
        assertThat(foreign.comparable()).isEqualTo(random.comparable());
    }

    @Test
    void asks_for_the_warehouse() {
        assertThat(reader.get("search-stock", Map.of(), Map.of()).status()).isEqualTo(422);
    }

    @Test
    void refuses_a_caller_who_may_not_read_stock() {
        var stranger = reader.with(Permission.CATALOG_READ);

        assertThat(new GivenStock(stranger, given.warehouse()).search(Map.of()).status())
                .isEqualTo(403);
    }

    private List<Answer> pages(int limit) {
        var pages = new ArrayList<Answer>();
        var query = new HashMap<>(Map.of("limit", Integer.toString(limit)));
        do {
            var page = given.search(query);
            pages.add(page);
            query.put("cursor", page.text("next_cursor"));
        } while (!query.get("cursor").isEmpty());
        return pages;
    }

    private static List<String> places(Answer answer) {
        return answer.as(SearchStock.Result.class).items().stream()
                .map(stock -> stock.sku() + " " + stock.location() + " " + stock.onHand())
                .toList();
    }

    private static List<String> sums(Answer answer) {
        return answer.as(SearchStock.Result.class).totals().stream()
                .map(total -> total.sku() + " " + total.onHand())
                .toList();
    }
}
