package com.fluxvantage.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.operation.Permission;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.stock.PostingId;
import com.fluxvantage.kernel.stock.StockStatus;
import com.fluxvantage.kernel.stock.WarehouseId;
import com.fluxvantage.kernel.text.Code;
import com.fluxvantage.kernel.text.LotCode;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class AdjustStockTest {
    private static final TestPlatform PLATFORM = TestPlatform.start();

    private final Client clerk = PLATFORM.openTenant();
    private final GivenStock given = GivenStock.of(clerk);

    @BeforeEach
    void items() {
        given.warehouse().item("TEA");
        given.warehouse().itemByExpiry("MILK");
    }

    @Test
    void takes_up_what_was_found_where_nothing_was_known_to_lie() throws SQLException {
        var adjusted =
                given.adjust("A-01", "TEA", 10, AdjustmentReason.FOUND)
                        .as(AdjustStock.Result.class);

        assertThat(adjusted.stock()).hasSize(1);
        assertThat(adjusted.stock().getFirst().free()).isEqualTo(Quantity.of(10));
        assertThat(given.in("A-01", "TEA").onHand()).isEqualTo(Quantity.of(10));
        assertThat(ledger(adjusted.postingId()))
                .containsExactly(
                        "ADJUST FOUND 10 " + clerk.actor().reference(),
                        "ADJUST FOUND -10 " + clerk.actor().reference());
    }

    @Test
    void adds_to_what_lies_there() {
        var bucket = given.found("TEA", 10, "A-01");

        assertThat(given.found("TEA", 5, "A-01")).isEqualTo(bucket);
        assertThat(given.in("A-01", "TEA").onHand()).isEqualTo(Quantity.of(15));
    }

    @Test
    void takes_off_what_is_lost_to_the_last_unit_and_refuses_one_more() {
        given.found("TEA", 10, "A-01");

        var refused = given.adjust("A-01", "TEA", -11, AdjustmentReason.LOST);

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.code()).isEqualTo("inventory.insufficient-stock");
        assertThat(refused.json().path("facts").path("free").asLong()).isEqualTo(10);
        assertThat(given.adjust("A-01", "TEA", -10, AdjustmentReason.LOST).status()).isEqualTo(200);
        assertThat(given.total("TEA").onHand()).isZero();
    }

    @Test
    void refuses_to_go_below_what_is_promised_and_says_to_whom() {
        var bucket = given.found("TEA", 10, "A-01");
        var orders =
                List.of(given.orderHolding("TEA", 4, bucket), given.orderHolding("TEA", 2, bucket));

        var refused = given.adjust("A-01", "TEA", -5, AdjustmentReason.THEFT);

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.code()).isEqualTo("inventory.insufficient-stock");
        assertThat(refused.json().path("facts").path("free").asLong()).isEqualTo(4);
        assertThat(
                        refused.json()
                                .path("facts")
                                .path("reserved_by")
                                .valueStream()
                                .map(it -> it.asString()))
                .containsExactlyElementsOf(orders);
        assertThat(given.adjust("A-01", "TEA", -4, AdjustmentReason.THEFT).status()).isEqualTo(200);
        assertThat(given.in("A-01", "TEA").reserved()).isEqualTo(Quantity.of(6));
    }

    @Test
    void names_the_first_twenty_orders_that_hold_the_goods() {
        var bucket = given.found("TEA", 21, "A-01");
        for (int order = 0; order < 21; order++) {
            given.orderHolding("TEA", 1, bucket);
        }

        var refused = given.adjust("A-01", "TEA", -1, AdjustmentReason.LOST);

        assertThat(refused.json().path("facts").path("reserved_by").size()).isEqualTo(20);
    }

    @Test
    void refuses_to_take_from_where_nothing_lies() {
        var refused = given.adjust("A-01", "TEA", -1, AdjustmentReason.LOST);

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.code()).isEqualTo("inventory.insufficient-stock");
        assertThat(refused.json().path("facts").path("free").asLong()).isZero();
    }

    @Test
    void damaged_goods_are_counted_apart() {
        given.found("TEA", 10, "A-01");

        adjust("A-01", "TEA", Optional.empty(), Optional.of(StockStatus.DAMAGED), 3)
                .as(AdjustStock.Result.class);

        assertThat(given.total("TEA").onHand()).isEqualTo(13);
        assertThat(given.total("TEA").available()).isEqualTo(10);
        assertThat(
                        adjust(
                                        "A-01",
                                        "TEA",
                                        Optional.empty(),
                                        Optional.of(StockStatus.DAMAGED),
                                        -4)
                                .status())
                .isEqualTo(409);
    }

    @Test
    void asks_for_the_lot_of_an_item_that_is_kept_by_lot() {
        var refused = given.adjust("A-01", "MILK", 1, AdjustmentReason.FOUND);

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.code()).isEqualTo("inventory.lot-required");
    }

    @Test
    void refuses_a_lot_of_an_item_that_is_not_kept_by_lot() {
        var refused = adjust("A-01", "TEA", Optional.of("L1"), Optional.empty(), 1);

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.code()).isEqualTo("inventory.lot-not-wanted");
    }

    @Test
    void corrects_a_lot_that_came_in_and_misses_one_that_never_did() {
        given.warehouse().stockLot("MILK", 10, "A-01", "L1", "2099-01-31");

        var unknown = adjust("A-01", "MILK", Optional.of("L2"), Optional.empty(), 1);

        assertThat(unknown.status()).isEqualTo(404);
        assertThat(pointer(unknown)).isEqualTo("#/lot");
        assertThat(adjust("A-01", "MILK", Optional.of("L1"), Optional.empty(), -2).status())
                .isEqualTo(200);
        assertThat(given.in("A-01", "MILK").onHand()).isEqualTo(Quantity.of(8));
        adjust("A-02", "MILK", Optional.of("L1"), Optional.empty(), 1).as(AdjustStock.Result.class);
        assertThat(given.in("A-02", "MILK").expiresOn())
                .isEqualTo(given.in("A-01", "MILK").expiresOn());
    }

    @Test
    void takes_a_billion_at_once_and_refuses_one_more_and_nothing_at_all() {
        assertThat(given.adjust("A-01", "TEA", 1_000_000_000, AdjustmentReason.FOUND).status())
                .isEqualTo(200);
        assertThat(
                        given.adjust("A-01", "TEA", -1_000_000_000, AdjustmentReason.DATA_ENTRY)
                                .status())
                .isEqualTo(200);
        for (long delta : List.of(1_000_000_001L, -1_000_000_001L, 0L, Long.MIN_VALUE)) {
            var refused =
                    clerk.post(
                            "adjust-stock",
                            Map.of(),
                            """
                            {"warehouse_id": "%s", "location": "A-01", "sku": "TEA", "delta": %d, "reason": "FOUND"}\
                            """
                                    .formatted(given.warehouse().warehouseId(), delta));
            assertThat(refused.status()).isEqualTo(422);
            assertThat(pointer(refused)).isEqualTo("#/delta");
        }
    }

    @Test
    void refuses_a_place_where_no_goods_can_lie() {
        for (String nowhere : List.of("SUPPLIER", "ADJUST", "TRANSIT")) {
            var refused = given.adjust(nowhere, "TEA", 1, AdjustmentReason.FOUND);
            assertThat(refused.status()).isEqualTo(409);
            assertThat(refused.code()).isEqualTo("inventory.virtual-place");
        }
    }

    @Test
    void corrects_what_lies_in_a_locked_place() {
        given.lock("A-01");

        assertThat(given.adjust("A-01", "TEA", 1, AdjustmentReason.FOUND).status()).isEqualTo(200);
    }

    @Test
    void what_is_named_and_not_there_is_missing() {
        assertThat(pointer(given.adjust("Z-99", "TEA", 1, AdjustmentReason.FOUND)))
                .isEqualTo("#/location");
        assertThat(pointer(given.adjust("A-01", "NOBODYS", 1, AdjustmentReason.FOUND)))
                .isEqualTo("#/sku");
    }

    @Test
    void another_tenants_warehouse_is_as_missing_as_one_that_never_was() {
        var stranger = GivenStock.of(PLATFORM.openTenant());
        stranger.warehouse().item("TEA");

        var foreign = in(stranger.client(), given.warehouseId());
        var random = in(stranger.client(), new WarehouseId(Uuid7.next()));

        assertThat(foreign.status()).isEqualTo(404);
        assertThat(pointer(foreign)).isEqualTo("#/warehouse_id");
        assertThat(foreign.comparable()).isEqualTo(random.comparable());
    }

    @Test
    void two_who_correct_one_bin_at_once_are_both_heard() throws SQLException {
        var answers =
                Together.all(
                        8,
                        number ->
                                given.adjust(
                                        "A-01",
                                        "TEA",
                                        number < 4 ? 10 : 1,
                                        AdjustmentReason.FOUND));

        assertThat(answers).extracting(Answer::status).containsOnly(200);
        assertThat(given.in("A-01", "TEA").onHand()).isEqualTo(Quantity.of(44));
        assertThat(given.discrepancies()).isEmpty();
    }

    @Test
    void of_many_who_take_off_the_last_goods_as_many_succeed_as_there_are_goods()
            throws SQLException {
        given.found("TEA", 50, "A-01");

        var answers = Together.all(8, _ -> given.adjust("A-01", "TEA", -10, AdjustmentReason.LOST));

        assertThat(answers).filteredOn(answer -> answer.status() == 200).hasSize(5);
        assertThat(answers)
                .filteredOn(answer -> answer.status() != 200)
                .allMatch(answer -> answer.code().equals("inventory.insufficient-stock"));
        assertThat(given.total("TEA").onHand()).isZero();
        assertThat(given.discrepancies()).isEmpty();
    }

    @Test
    void tells_the_change_once_even_when_the_correction_is_sent_again() throws SQLException {
        var request =
                new AdjustStock.Request(
                        given.warehouseId(),
                        new Code("A-01"),
                        new Sku("TEA"),
                        Optional.empty(),
                        Optional.empty(),
                        3,
                        AdjustmentReason.FOUND);

        var first = clerk.call(AdjustStock.OPERATION, request, "adjust-0001");
        var again = clerk.call(AdjustStock.OPERATION, request, "adjust-0001");

        assertThat(again.comparable()).isEqualTo(first.comparable());
        assertThat(given.in("A-01", "TEA").onHand()).isEqualTo(Quantity.of(3));
        assertThat(given.events(given.in("A-01", "TEA").bucketId()))
                .containsExactly("1 inventory.level_changed 3");
    }

    @Test
    void a_receiver_may_move_stock_and_not_correct_it() {
        var receiver = clerk.with(Permission.STOCK_READ, Permission.STOCK_MOVE);

        assertThat(in(receiver, given.warehouseId()).status()).isEqualTo(403);
    }

    private Answer adjust(
            String bin,
            String sku,
            Optional<String> lot,
            Optional<StockStatus> status,
            long delta) {
        return clerk.call(
                AdjustStock.OPERATION,
                new AdjustStock.Request(
                        given.warehouseId(),
                        new Code(bin),
                        new Sku(sku),
                        lot.map(LotCode::new),
                        status,
                        delta,
                        AdjustmentReason.DATA_ENTRY));
    }

    private static Answer in(Client by, WarehouseId warehouse) {
        return by.call(
                AdjustStock.OPERATION,
                new AdjustStock.Request(
                        warehouse,
                        new Code("A-01"),
                        new Sku("TEA"),
                        Optional.empty(),
                        Optional.empty(),
                        1,
                        AdjustmentReason.FOUND));
    }

    private static String pointer(Answer answer) {
        return answer.json().path("errors").path(0).path("pointer").asString();
    }

    private static List<String> ledger(PostingId posting) throws SQLException {
        try (var connection = PLATFORM.database().superuser();
                var statement =
                        connection.prepareStatement(
                                """
                                select kind, reason, quantity, actor
                                  from wms.movement
                                 where posting_id = ?
                                 order by leg
                                """)) {
            statement.setObject(1, posting.uuid());
            try (var rows = statement.executeQuery()) {
                var legs = new ArrayList<String>();
                while (rows.next()) {
                    legs.add(
                            String.join(
                                    " ",
                                    rows.getString("kind"),
                                    rows.getString("reason"),
                                    rows.getString("quantity"),
                                    rows.getString("actor")));
                }
                return legs;
            }
        }
    }
}
