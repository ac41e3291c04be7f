package com.fluxvantage.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.operation.Permission;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.text.LotCode;
import com.fluxvantage.kernel.text.Sku;
import com.fluxvantage.testing.Answer;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.GivenWarehouse;
import com.fluxvantage.testing.TestPlatform;
import com.fluxvantage.testing.Together;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ReceiveLineTest {
    private static final TestPlatform PLATFORM = TestPlatform.start();

    private Client receiver;
    private GivenWarehouse given;

    @BeforeEach
    void a_warehouse() {
        receiver = PLATFORM.openTenant();
        given = GivenWarehouse.of(receiver);
        given.item("TEA");
        given.item("CUP", ", \"over_receipt_percent\": 10");
        given.itemByExpiry("MILK");
    }

    @Test
    void receives_up_to_the_expected_quantity() {
        var receipt = given.openReceipt(given.asn("TEA 24"));

        var first = good(receipt, "TEA", 20);
        var second = good(receipt, "TEA", 4);

        assertThat(first.lines().getFirst().stillExpected()).isEqualTo(Quantity.of(4));
        assertThat(second.lines().getFirst().received()).isEqualTo(Quantity.of(24));
        assertThat(second.lines().getFirst().stillExpected()).isEqualTo(Quantity.NONE);
        assertThat(second.stock().getFirst().free()).isEqualTo(Quantity.of(24));
    }

    @Test
    void refuses_one_each_beyond_what_was_announced_and_says_how_many_are_left() {
        var receipt = given.openReceipt(given.asn("TEA 24"));
        good(receipt, "TEA", 20);

        var answer = receive(receipt, "TEA", 5, Condition.GOOD);

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.code()).isEqualTo("inbound.over-receipt");
        assertThat(answer.json().path("facts").path("still_allowed").asLong()).isEqualTo(4);
        assertThat(good(receipt, "TEA", 4).lines().getFirst().received())
                .isEqualTo(Quantity.of(24));
    }

    @Test
    void accepts_an_overage_within_the_items_tolerance_and_refuses_one_each_beyond_it() {
        var receipt = given.openReceipt(given.asn("CUP 100"));

        assertThat(good(receipt, "CUP", 110).lines().getFirst().received())
                .isEqualTo(Quantity.of(110));
        assertThat(receive(receipt, "CUP", 1, Condition.GOOD).code())
                .isEqualTo("inbound.over-receipt");
    }

    @Test
    void two_lines_of_one_item_fill_in_the_order_of_the_announcement() {
        var announced = given.announce("TEA 10", "CUP 5", "TEA 20");
        var receipt = given.openReceipt(announced.text("asn_id"));

        var counted = good(receipt, "TEA", 15);

        assertThat(counted.lines())
                .extracting(
                        line -> Identifiers.text(line.lineId()), ReceiveLine.LineCount::received)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(lineId(announced, 0), Quantity.of(10)),
                        org.assertj.core.groups.Tuple.tuple(lineId(announced, 2), Quantity.of(5)));
        assertThat(receive(receipt, "TEA", 16, Condition.GOOD).code())
                .isEqualTo("inbound.over-receipt");
        good(receipt, "TEA", 15);
    }

    @Test
    void damaged_units_count_as_received_and_stand_in_a_bucket_of_their_own() {
        var receipt = given.openReceipt(given.asn("TEA 24"));

        var goodOnes = good(receipt, "TEA", 23);
        var damaged = receive(receipt, "TEA", 1, Condition.DAMAGED).as(ReceiveLine.Result.class);

        assertThat(damaged.stock().getFirst().bucket())
                .isNotEqualTo(goodOnes.stock().getFirst().bucket());
        assertThat(damaged.lines().getFirst().stillExpected()).isEqualTo(Quantity.NONE);
    }

    @Test
    void refuses_an_item_that_the_asn_does_not_have_and_one_that_nobody_knows() {
        var receipt = given.openReceipt(given.asn("TEA 24"));

        assertThat(receive(receipt, "CUP", 1, Condition.GOOD).code())
                .isEqualTo("inbound.not-announced");
        assertThat(receive(receipt, "NOBODYS", 1, Condition.GOOD).status()).isEqualTo(404);
    }

    @Test
    void takes_the_barcode_on_the_goods_for_the_item_however_many_digits_it_has() {
        given.item("JAR", ", \"gtin\": \"4006381333931\"");
        var receipt = given.openReceipt(given.asn("JAR 3"));

        good(receipt, "JAR", 1);
        assertThat(scan(receipt, "\"gtin\": \"4006381333931\"").status()).isEqualTo(200);
        var last = scan(receipt, "\"gtin\": \"04006381333931\"").as(ReceiveLine.Result.class);

        assertThat(last.lines().getFirst().received()).isEqualTo(Quantity.of(3));
    }

    @Test
    void a_barcode_that_nobody_knows_is_as_missing_as_a_sku_and_is_pointed_at() {
        var receipt = given.openReceipt(given.asn("TEA 24"));

        var gtin = scan(receipt, "\"gtin\": \"4006381333931\"");
        var sku = scan(receipt, "\"sku\": \"NOBODYS\"");

        assertThat(gtin.status()).isEqualTo(404);
        assertThat(pointer(gtin)).isEqualTo("#/gtin");
        assertThat(sku.status()).isEqualTo(404);
        assertThat(pointer(sku)).isEqualTo("#/sku");
        assertThat(gtin.text("detail")).isEqualTo(sku.text("detail"));
    }

    @Test
    void refuses_a_scan_that_names_no_item_and_one_that_names_it_twice() {
        given.item("JAR", ", \"gtin\": \"4006381333931\"");
        var receipt = given.openReceipt(given.asn("JAR 3"));

        var none = scan(receipt, "\"lot\": \"L1\"");
        var both = scan(receipt, "\"sku\": \"JAR\", \"gtin\": \"4006381333931\"");

        assertThat(none.status()).isEqualTo(422);
        assertThat(pointer(none)).isEqualTo("#/sku");
        assertThat(both.status()).isEqualTo(422);
        assertThat(pointer(both)).isEqualTo("#/gtin");
    }

    @Test
    void another_tenants_barcode_is_nobodys() {
        GivenWarehouse.of(PLATFORM.openTenant()).item("JAR", ", \"gtin\": \"4006381333931\"");
        var receipt = given.openReceipt(given.asn("TEA 24"));

        assertThat(scan(receipt, "\"gtin\": \"4006381333931\"").status()).isEqualTo(404);
    }

    @Test
    void refuses_when_the_receipt_is_closed() {
        var receipt = given.openReceipt(given.asn("TEA 24"));
        good(receipt, "TEA", 1);
        receiver.done(CloseReceipt.OPERATION, new CloseReceipt.Request(id(receipt)));

        assertThat(receive(receipt, "TEA", 1, Condition.GOOD).code())
                .isEqualTo("inbound.receipt-not-open");
    }

    @Test
    void asks_for_a_lot_and_its_expiry_when_stock_leaves_by_expiry_date() {
        var receipt = given.openReceipt(given.asn("MILK 24"));

        assertThat(receive(receipt, "MILK", 1, Condition.GOOD).code())
                .isEqualTo("inbound.lot-required");
        assertThat(lot(receipt, "MILK", "L1", Optional.empty()).code())
                .isEqualTo("inbound.expiry-required");
        assertThat(lot(receipt, "MILK", "L1", Optional.of("2099-01-31")).status()).isEqualTo(200);
        assertThat(lot(receipt, "MILK", "L1", Optional.empty()).status()).isEqualTo(200);
    }

    @Test
    void another_date_for_a_known_lot_is_a_misprint_and_not_a_new_lot() {
        var receipt = given.openReceipt(given.asn("MILK 24"));
        lot(receipt, "MILK", "L1", Optional.of("2099-01-31"));

        var answer = lot(receipt, "MILK", "L1", Optional.of("2099-02-01"));

        assertThat(answer.code()).isEqualTo("inbound.expiry-differs");
        assertThat(answer.json().path("facts").path("known").asString()).isEqualTo("2099-01-31");
    }

    @Test
    void refuses_goods_that_expire_before_the_items_shelf_life() {
        given.item(
                "CREAM",
                ", \"lot_controlled\": true, \"rotation\": \"FEFO\", \"min_shelf_life_days\": 10");
        var receipt = given.openReceipt(given.asn("CREAM 24"));
        var today = LocalDate.now(java.time.ZoneOffset.UTC);

        assertThat(lot(receipt, "CREAM", "L1", Optional.of(today.plusDays(9).toString())).code())
                .isEqualTo("inbound.lot-expires-too-soon");
        assertThat(lot(receipt, "CREAM", "L2", Optional.of(today.plusDays(10).toString())).status())
                .isEqualTo(200);
    }

    @Test
    void refuses_a_lot_for_an_item_that_is_not_kept_by_lot() {
        var receipt = given.openReceipt(given.asn("TEA 24"));

        assertThat(lot(receipt, "TEA", "L1", Optional.empty()).code())
                .isEqualTo("inbound.lot-not-wanted");
    }

    @Test
    void refuses_nothing_counted_and_points_at_the_field() {
        var receipt = given.openReceipt(given.asn("TEA 24"));

        var answer =
                receiver.post(
                        "receive-line",
                        java.util.Map.of("receipt_id", receipt),
                        """
                        {"sku": "TEA", "quantity": 0, "condition": "GOOD"}\
                        """);

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().path("errors").path(0).path("pointer").asString())
                .isEqualTo("#/quantity");
    }

    @Test
    void two_scanners_on_one_line_never_lose_a_count() {
        var receipt = given.openReceipt(given.asn("TEA 40"));

        var answers = Together.all(8, _ -> receive(receipt, "TEA", 5, Condition.GOOD));

        assertThat(answers).extracting(Answer::status).containsOnly(200);
        assertThat(receive(receipt, "TEA", 1, Condition.GOOD).code())
                .isEqualTo("inbound.over-receipt");
    }

    @Test
    void two_receipts_of_one_asn_cannot_both_take_the_last_units() {
        var asn = given.asn("TEA 10");
        var receipts = List.of(given.openReceipt(asn), given.openReceipt(asn));

        var answers =
                Together.all(2, number -> receive(receipts.get(number), "TEA", 10, Condition.GOOD));

        assertThat(answers).extracting(Answer::status).containsExactlyInAnyOrder(200, 409);
    }

    @Test
    void a_scan_gets_in_before_the_receipt_closes_or_is_refused() {
        for (int round = 0; round < 5; round++) {
            var asn = given.asn("TEA 8");
            var receipt = given.openReceipt(asn);
            good(receipt, "TEA", 1);

            var answers =
                    Together.all(
                            8,
                            number ->
                                    number == 0
                                            ? receiver.call(
                                                    CloseReceipt.OPERATION,
                                                    new CloseReceipt.Request(id(receipt)))
                                            : receive(receipt, "TEA", 1, Condition.GOOD));

            long counted = answers.stream().skip(1).filter(it -> it.status() == 200).count();
            assertThat(answers.getFirst().status()).isEqualTo(200);
            assertThat(answers.stream().skip(1).filter(it -> it.status() != 200))
                    .allMatch(it -> it.code().equals("inbound.receipt-not-open"));
            var shown =
                    receiver.get("get-asn", java.util.Map.of("asn_id", asn), java.util.Map.of());
            assertThat(shown.json().path("lines").path(0).path("received_good").asLong())
                    .isEqualTo(1 + counted);
        }
    }

    @Test
    void announces_goods_received_once_even_when_the_scan_is_sent_again() throws SQLException {
        var receipt = given.openReceipt(given.asn("TEA 24"));
        var request = request(receipt, "TEA", 5, Condition.GOOD);

        var first = receiver.call(ReceiveLine.OPERATION, request, "scan-0001");
        var again = receiver.call(ReceiveLine.OPERATION, request, "scan-0001");

        assertThat(again.json()).isEqualTo(first.json());
        assertThat(again.headers()).containsEntry("Idempotency-Replayed", "true");
        assertThat(eventsOf(first.as(ReceiveLine.Result.class).lines().getFirst().lineId()))
                .isEqualTo(1);
    }

    @Test
    void a_scan_that_a_device_sends_again_under_another_key_counts_once() throws SQLException {
        var receipt = given.openReceipt(given.asn("TEA 10", "TEA 20"));
        var event = UUID.randomUUID();

        var first = event(receipt, "TEA", 25, event).as(ReceiveLine.Result.class);
        var again = event(receipt, "TEA", 25, event).as(ReceiveLine.Result.class);

        assertThat(again.lines()).isEqualTo(first.lines());
        assertThat(again.stock()).isEmpty();
        assertThat(eventsOf(first.lines().getFirst().lineId())).isEqualTo(1);
        assertThat(good(receipt, "TEA", 5).lines().getLast().received()).isEqualTo(Quantity.of(20));
    }

    @Test
    void a_scan_sent_again_is_told_the_present_counts_even_when_the_receipt_is_closed() {
        var receipt = given.openReceipt(given.asn("TEA 24"));
        var event = UUID.randomUUID();
        event(receipt, "TEA", 20, event);
        good(receipt, "TEA", 4);
        receiver.done(CloseReceipt.OPERATION, new CloseReceipt.Request(id(receipt)));

        var again = event(receipt, "TEA", 20, event).as(ReceiveLine.Result.class);

        assertThat(again.lines())
                .extracting(ReceiveLine.LineCount::received)
                .containsExactly(Quantity.of(24));
        assertThat(again.stock()).isEmpty();
    }

    @Test
    void a_scan_that_a_device_sends_many_times_at_once_counts_once() {
        var receipt = given.openReceipt(given.asn("TEA 24"));
        var event = UUID.randomUUID();

        var answers = Together.all(6, _ -> event(receipt, "TEA", 4, event));

        assertThat(answers).extracting(Answer::status).containsOnly(200);
        assertThat(answers)
                .extracting(it -> it.json().at("/lines/0/received").asLong())
                .containsOnly(4L);
    }

    @Test
    void one_id_in_two_receipts_at_once_counts_in_one_of_them() {
        var receipts =
                List.of(
                        given.openReceipt(given.asn("TEA 24")),
                        given.openReceipt(given.asn("TEA 24")));
        var event = UUID.randomUUID();

        var answers = Together.all(2, number -> event(receipts.get(number), "TEA", 4, event));

        assertThat(answers).extracting(Answer::status).containsExactlyInAnyOrder(200, 409);
    }

    @Test
    void refuses_the_id_of_a_scan_for_another_receipt_another_quantity_and_another_item() {
        var receipt = given.openReceipt(given.asn("TEA 24", "CUP 24"));
        var other = given.openReceipt(given.asn("TEA 24"));
        var event = UUID.randomUUID();
        event(receipt, "TEA", 4, event);

        assertThat(event(other, "TEA", 4, event).code()).isEqualTo("inbound.scan-reused");
        assertThat(event(receipt, "TEA", 5, event).code()).isEqualTo("inbound.scan-reused");
        assertThat(event(receipt, "CUP", 4, event).code()).isEqualTo("inbound.scan-reused");
        assertThat(good(receipt, "TEA", 1).lines().getFirst().received()).isEqualTo(Quantity.of(5));
    }

    @Test
    void a_refused_scan_does_not_use_up_its_id() {
        var receipt = given.openReceipt(given.asn("TEA 24"));
        var event = UUID.randomUUID();

        assertThat(event(receipt, "TEA", 25, event).code()).isEqualTo("inbound.over-receipt");
        assertThat(event(receipt, "TEA", 24, event).json().path("stock").size()).isEqualTo(1);
    }

    @Test
    void two_tenants_may_give_one_id_to_their_scans() {
        var event = UUID.randomUUID();
        event(given.openReceipt(given.asn("TEA 24")), "TEA", 4, event);
        a_warehouse();

        var answer = event(given.openReceipt(given.asn("TEA 24")), "TEA", 4, event);

        assertThat(answer.json().path("stock").size()).isEqualTo(1);
    }

    @Test
    void another_tenants_receipt_is_as_missing_as_one_that_never_was() {
        var receipt = given.openReceipt(given.asn("TEA 24"));
        var stranger = PLATFORM.openTenant();
        GivenWarehouse.of(stranger).item("TEA");

        var foreign =
                stranger.call(ReceiveLine.OPERATION, request(receipt, "TEA", 1, Condition.GOOD));
        var random =
                stranger.call(
                        ReceiveLine.OPERATION,
                        request(
                                Identifiers.text(new ReceiptId(Uuid7.next())),
                                "TEA",
                                1,
                                Condition.GOOD));

        assertThat(foreign.status()).isEqualTo(404);
        assertThat(foreign.comparable()).isEqualTo(random.comparable());
    }

    @Test
    void a_picker_may_not_receive() {
        var receipt = given.openReceipt(given.asn("TEA 24"));

        var answer =
                receiver.with(Permission.ORDERS_PICK)
                        .call(ReceiveLine.OPERATION, request(receipt, "TEA", 1, Condition.GOOD));

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.code()).isEqualTo("forbidden");
    }

    private ReceiveLine.Result good(String receipt, String sku, long quantity) {
        return receive(receipt, sku, quantity, Condition.GOOD).as(ReceiveLine.Result.class);
    }

    private Answer receive(String receipt, String sku, long quantity, Condition condition) {
        return receiver.call(ReceiveLine.OPERATION, request(receipt, sku, quantity, condition));
    }

    private Answer lot(String receipt, String sku, String lot, Optional<String> expiresOn) {
        return receiver.call(
                ReceiveLine.OPERATION,
                new ReceiveLine.Request(
                        id(receipt),
                        Optional.of(new Sku(sku)),
                        Optional.empty(),
                        Quantity.of(1),
                        Condition.GOOD,
                        Optional.of(new LotCode(lot)),
                        expiresOn.map(LocalDate::parse),
                        Optional.empty()));
    }

    private static ReceiveLine.Request request(
            String receipt, String sku, long quantity, Condition condition) {
        return new ReceiveLine.Request(
                id(receipt),
                Optional.of(new Sku(sku)),
                Optional.empty(),
                Quantity.of(quantity),
                condition,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** One unit of what {@code named} names, as a device sends it. */
    private Answer scan(String receipt, String named) {
        return receiver.post(
                "receive-line",
                java.util.Map.of("receipt_id", receipt),
                "{%s, \"quantity\": 1, \"condition\": \"GOOD\"}".formatted(named));
    }

    private Answer event(String receipt, String sku, long quantity, UUID event) {
        return receiver.post(
                "receive-line",
                java.util.Map.of("receipt_id", receipt),
                """
                {"sku": "%s", "quantity": %d, "condition": "GOOD", "client_event_id": "%s"}\
                """
                        .formatted(sku, quantity, event));
    }

    private static String pointer(Answer answer) {
        return answer.json().at("/errors/0/pointer").asString();
    }

    private static ReceiptId id(String receipt) {
        return Identifiers.parse(ReceiptId.class, receipt).orElseThrow();
    }

    private static String lineId(Answer announced, int at) {
        return announced.json().path("lines").path(at).path("line_id").asString();
    }

    private static int eventsOf(AsnLineId line) throws SQLException {
        try (var connection = PLATFORM.database().superuser();
                var statement =
                        connection.prepareStatement(
                                "select count(*) from wms.outbox where stream_id = ?")) {
            statement.setObject(1, line.uuid());
            try (var row = statement.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }
}
