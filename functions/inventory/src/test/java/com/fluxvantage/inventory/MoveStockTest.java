package com.fluxvantage.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.operation.Permission;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.stock.BucketId;
import com.fluxvantage.kernel.stock.BucketVersion;
import com.fluxvantage.kernel.stock.StockStatus;
import com.fluxvantage.kernel.text.Code;
import com.fluxvantage.kernel.text.Sku;
import com.fluxvantage.testing.Answer;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.TestPlatform;
import com.fluxvantage.testing.Together;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class MoveStockTest {
    private static final TestPlatform PLATFORM = TestPlatform.start();

    private final Client worker = PLATFORM.openTenant();
    private final GivenStock given = GivenStock.of(worker);

    @BeforeEach
    void items() {
        given.warehouse().item("TEA");
        given.warehouse().itemByExpiry("MILK");
    }

    @Test
    void carries_goods_to_another_bin_and_the_sum_stays_what_it_was() {
        var source = given.found("TEA", 10, "A-01");

        var moved = given.move(source, 4, "A-02").as(MoveStock.Result.class);

        assertThat(given.in("A-01", "TEA").onHand()).isEqualTo(Quantity.of(6));
        assertThat(given.in("A-02", "TEA").onHand()).isEqualTo(Quantity.of(4));
        assertThat(given.total("TEA").onHand()).isEqualTo(10);
        assertThat(moved.stock())
                .containsExactlyInAnyOrder(
                        new BucketVersion(source, 2, Quantity.of(6)),
                        new BucketVersion(given.in("A-02", "TEA").bucketId(), 1, Quantity.of(4)));
    }

    @Test
    void joins_the_same_goods_that_lie_there_already() {
        var source = given.found("TEA", 10, "A-01");
        var target = given.found("TEA", 5, "A-02");

        given.move(source, 10, "A-02").as(MoveStock.Result.class);

        assertThat(given.in("A-02", "TEA").bucketId()).isEqualTo(target);
        assertThat(given.in("A-02", "TEA").onHand()).isEqualTo(Quantity.of(15));
        assertThat(given.stock("TEA").items()).hasSize(1);
    }

    @Test
    void goods_keep_their_lot_and_its_expiry() {
        given.warehouse().stockLot("MILK", 10, "A-01", "L1", "2099-01-31");

        given.move(given.in("A-01", "MILK").bucketId(), 10, "A-02").as(MoveStock.Result.class);

        var moved = given.in("A-02", "MILK");
        assertThat(moved.lot().orElseThrow().value()).isEqualTo("L1");
        assertThat(moved.expiresOn()).contains(LocalDate.parse("2099-01-31"));
    }

    @Test
    void damaged_goods_stay_damaged_and_apart_from_good_ones() {
        given.found("TEA", 5, "A-02");
        var damaged = damaged("TEA", 3, "A-01");

        given.move(damaged, 3, "A-02").as(MoveStock.Result.class);

        assertThat(given.stock("TEA").items())
                .filteredOn(stock -> stock.location().equals(new Code("A-02")))
                .extracting(SearchStock.Stock::status, SearchStock.Stock::onHand)
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple(StockStatus.AVAILABLE, Quantity.of(5)),
                        org.assertj.core.groups.Tuple.tuple(StockStatus.DAMAGED, Quantity.of(3)));
    }

    @Test
    void moves_what_is_free_to_the_last_unit_and_refuses_one_more_saying_who_holds_the_rest() {
        var source = given.found("TEA", 10, "A-01");
        var orders =
                List.of(given.orderHolding("TEA", 3, source), given.orderHolding("TEA", 1, source));

        var refused = given.move(source, 7, "A-02");

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.code()).isEqualTo("inventory.insufficient-stock");
        assertThat(refused.json().path("facts").path("free").asLong()).isEqualTo(6);
        assertThat(
                        refused.json()
                                .path("facts")
                                .path("reserved_by")
                                .valueStream()
                                .map(it -> it.asString()))
                .containsExactlyElementsOf(orders);
        assertThat(given.move(source, 6, "A-02").status()).isEqualTo(200);
        assertThat(given.in("A-01", "TEA").reserved()).isEqualTo(Quantity.of(4));
    }

    @Test
    void refuses_to_move_one_more_than_there_is_although_nobody_holds_any() {
        var source = given.found("TEA", 10, "A-01");

        var refused = given.move(source, 11, "A-02");

        assertThat(refused.code()).isEqualTo("inventory.insufficient-stock");
        assertThat(refused.json().path("facts").path("free").asLong()).isEqualTo(10);
        assertThat(refused.json().path("facts").path("reserved_by").isEmpty()).isTrue();
        assertThat(given.stock("TEA").items()).hasSize(1);
    }

    @Test
    void moves_if_nobody_changed_the_bucket_since_it_was_looked_at_and_refuses_otherwise() {
        var source = given.found("TEA", 10, "A-01");

        assertThat(moveSeen(source, 1).status()).isEqualTo(200);
        var refused = moveSeen(source, 1);

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.code()).isEqualTo("inventory.bucket-changed");
        assertThat(refused.json().path("facts").path("now").asLong()).isEqualTo(2);
    }

    @Test
    void refuses_to_put_goods_into_a_locked_place_and_lets_them_leave_one() {
        var source = given.found("TEA", 10, "A-01");
        given.lock("A-02");

        assertThat(given.move(source, 1, "A-02").code()).isEqualTo("inventory.location-locked");
        given.lock("A-01");
        assertThat(given.move(source, 1, "A-03").status()).isEqualTo(200);
    }

    @Test
    void refuses_a_place_where_no_goods_can_lie() {
        var source = given.found("TEA", 10, "A-01");

        for (String nowhere :
                List.of("SUPPLIER", "CUSTOMER", "ADJUST", "SCRAP", "TRANSIT", "KIT")) {
            var refused = given.move(source, 1, nowhere);
            assertThat(refused.status()).isEqualTo(409);
            assertThat(refused.code()).isEqualTo("inventory.virtual-place");
        }
        assertThat(given.move(source, 1, "DOCK-1").status()).isEqualTo(200);
        assertThat(given.move(source, 1, "STAGE-1").status()).isEqualTo(200);
    }

    @Test
    void refuses_the_place_where_the_goods_lie() {
        var source = given.found("TEA", 10, "A-01");

        assertThat(given.move(source, 1, "A-01").code()).isEqualTo("inventory.already-there");
    }

    @Test
    void a_place_that_is_not_in_this_warehouse_is_missing() {
        var source = given.found("TEA", 10, "A-01");
        var elsewhere =
                worker.post(
                                "open-warehouse",
                                Map.of(),
                                """
                                {"code": "OTHER", "name": "Other", "time_zone": "Europe/London"}\
                                """)
                        .text("warehouse_id");
        worker.post(
                "add-location",
                Map.of("warehouse_id", elsewhere),
                """
                {"code": "Z-01", "pick_sequence": 1}\
                """);

        var refused = given.move(source, 1, "Z-01");

        assertThat(refused.status()).isEqualTo(404);
        assertThat(refused.json().path("errors").path(0).path("pointer").asString())
                .isEqualTo("#/to");
    }

    @Test
    void refuses_to_carry_nothing() {
        var source = given.found("TEA", 10, "A-01");

        var refused =
                worker.post(
                        "move-stock",
                        Map.of("bucket_id", Identifiers.text(source)),
                        """
                        {"quantity": 0, "to": "A-02"}\
                        """);

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.json().path("errors").path(0).path("pointer").asString())
                .isEqualTo("#/quantity");
        assertThat(given.move(source, 1, "A-02").status()).isEqualTo(200);
    }

    @Test
    void another_tenants_bucket_is_as_missing_as_one_that_never_was() {
        var source = given.found("TEA", 10, "A-01");
        var stranger = GivenStock.of(PLATFORM.openTenant());

        var foreign = stranger.move(source, 1, "A-02");
        var random = stranger.move(new BucketId(Uuid7.next()), 1, "A-02");

        assertThat(foreign.status()).isEqualTo(404);
        assertThat(foreign.comparable()).isEqualTo(random.comparable());
        assertThat(given.in("A-01", "TEA").onHand()).isEqualTo(Quantity.of(10));
    }

    @Test
    void moves_in_both_directions_at_once_never_stop_each_other() throws SQLException {
        var left = given.found("TEA", 100, "A-01");
        var right = given.found("TEA", 100, "A-02");

        var answers =
                Together.all(
                        8,
                        number -> {
                            boolean isThere = number % 2 == 0;
                            for (int times = 0; times < 9; times++) {
                                var answer =
                                        isThere
                                                ? given.move(left, 3, "A-02")
                                                : given.move(right, 1, "A-01");
                                assertThat(answer.status()).isEqualTo(200);
                            }
                            return given.move(isThere ? left : right, 1, isThere ? "A-02" : "A-01");
                        });

        assertThat(answers).extracting(Answer::status).containsOnly(200);
        // Four carried 9 times 3 and once 1 there, four 9 times 1 and once 1 back.
        assertThat(given.in("A-01", "TEA").onHand()).isEqualTo(Quantity.of(100 - 4 * 28 + 4 * 10));
        assertThat(given.in("A-02", "TEA").onHand()).isEqualTo(Quantity.of(100 + 4 * 28 - 4 * 10));
        assertThat(given.discrepancies()).isEmpty();
    }

    @Test
    void of_many_who_carry_away_the_last_goods_as_many_succeed_as_there_are_goods()
            throws SQLException {
        var source = given.found("TEA", 50, "A-01");

        var answers =
                Together.all(
                        8, number -> given.move(source, 10, number % 2 == 0 ? "A-02" : "A-03"));

        assertThat(answers).filteredOn(answer -> answer.status() == 200).hasSize(5);
        assertThat(answers)
                .filteredOn(answer -> answer.status() != 200)
                .allMatch(answer -> answer.code().equals("inventory.insufficient-stock"));
        assertThat(given.total("TEA").onHand()).isEqualTo(50);
        assertThat(given.discrepancies()).isEmpty();
    }

    @Test
    void tells_both_buckets_changes_once_even_when_the_move_is_sent_again() throws SQLException {
        var source = given.found("TEA", 10, "A-01");
        var request =
                new MoveStock.Request(source, Quantity.of(4), new Code("A-02"), Optional.empty());

        var first = worker.call(MoveStock.OPERATION, request, "move-0001");
        var again = worker.call(MoveStock.OPERATION, request, "move-0001");

        assertThat(again.comparable()).isEqualTo(first.comparable());
        var target = given.in("A-02", "TEA");
        assertThat(target.onHand()).isEqualTo(Quantity.of(4));
        assertThat(given.events(source))
                .containsExactly("1 inventory.level_changed 10", "2 inventory.level_changed -4");
        assertThat(given.events(target.bucketId())).containsExactly("1 inventory.level_changed 4");
    }

    @Test
    void a_packer_may_not_move_stock() {
        var source = given.found("TEA", 10, "A-01");
        var packer = worker.with(Permission.STOCK_READ, Permission.ORDERS_PACK);

        assertThat(new GivenStock(packer, given.warehouse()).move(source, 1, "A-02").status())
                .isEqualTo(403);
    }

    private Answer moveSeen(BucketId source, long version) {
        return worker.call(
                MoveStock.OPERATION,
                new MoveStock.Request(
                        source, Quantity.of(1), new Code("A-02"), Optional.of(version)));
    }

    private BucketId damaged(String sku, long units, String bin) {
        var request =
                new AdjustStock.Request(
                        given.warehouseId(),
                        new Code(bin),
                        new Sku(sku),
                        Optional.empty(),
                        Optional.of(StockStatus.DAMAGED),
                        units,
                        AdjustmentReason.FOUND);
        return worker.done(AdjustStock.OPERATION, request).stock().getFirst().bucket();
    }
}
