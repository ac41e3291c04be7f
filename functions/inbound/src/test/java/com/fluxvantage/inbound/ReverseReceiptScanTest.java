package com.fluxvantage.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.migrations.StockCheck;
import com.fluxvantage.testing.Answer;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.GivenWarehouse;
import com.fluxvantage.testing.TestPlatform;
import com.fluxvantage.testing.Together;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ReverseReceiptScanTest {
    private static final TestPlatform PLATFORM = TestPlatform.start();

    private Client receiver;
    private GivenWarehouse given;
    private String asn;
    private String receipt;

    @BeforeEach
    void a_receipt_of_tea() {
        receiver = PLATFORM.openTenant();
        given = GivenWarehouse.of(receiver);
        given.item("TEA");
        given.item("CUP", ", \"over_receipt_percent\": 10");
        asn = given.asn("TEA 24");
        receipt = given.openReceipt(asn);
    }

    @AfterEach
    void the_stock_is_sound() throws SQLException {
        try (var checker = PLATFORM.database().as("fv_checker")) {
            assertThat(StockCheck.run(checker)).isEmpty();
        }
    }

    @Test
    void takes_the_last_scan_back_and_leaves_the_one_before() {
        given.receive(receipt, "TEA", 4);
        given.receive(receipt, "TEA", 20);

        var answer = done(reverse(receiver, receipt));

        assertThat(answer.json().at("/lines/0/taken_back").asLong()).isEqualTo(20);
        assertThat(answer.json().at("/lines/0/received").asLong()).isEqualTo(4);
        assertThat(answer.json().at("/lines/0/still_expected").asLong()).isEqualTo(20);
        assertThat(answer.json().at("/stock/0/free").asLong()).isEqualTo(4);
        assertThat(line(asn, 0).path("received_good").asLong()).isEqualTo(4);
        assertThat(line(asn, 0).path("state").asString()).isEqualTo("PARTIAL");
        given.receive(receipt, "TEA", 20);
    }

    @Test
    void a_line_into_which_nothing_is_counted_any_more_is_open_again() {
        given.receive(receipt, "TEA", 24);

        done(reverse(receiver, receipt));

        assertThat(line(asn, 0).path("state").asString()).isEqualTo("OPEN");
        assertThat(line(asn, 0).path("received_good").asLong()).isZero();
    }

    @Test
    void takes_from_each_line_what_the_scan_had_counted_on_it() {
        String two = given.asn("TEA 10", "TEA 20");
        String other = given.openReceipt(two);
        given.receive(other, "TEA", 8);
        var colleague = receiver.colleague();
        done(receive(colleague, other, "TEA", 7, "GOOD"));
        given.receive(other, "TEA", 15);

        done(reverse(colleague, other));

        assertThat(line(two, 0).path("received_good").asLong()).isEqualTo(8);
        assertThat(line(two, 0).path("state").asString()).isEqualTo("PARTIAL");
        assertThat(line(two, 1).path("received_good").asLong()).isEqualTo(15);
        assertThat(line(two, 1).path("state").asString()).isEqualTo("PARTIAL");
    }

    @Test
    void a_line_that_stays_over_what_was_expected_stays_complete() {
        String cups = given.asn("CUP 100");
        String other = given.openReceipt(cups);
        given.receive(other, "CUP", 105);
        given.receive(other, "CUP", 5);

        done(reverse(receiver, other));

        assertThat(line(cups, 0).path("received_good").asLong()).isEqualTo(105);
        assertThat(line(cups, 0).path("state").asString()).isEqualTo("COMPLETE");
    }

    @Test
    void takes_damaged_units_from_the_damaged() {
        given.receive(receipt, "TEA", 3);
        done(receive(receiver, receipt, "TEA", 2, "DAMAGED"));

        done(reverse(receiver, receipt));

        assertThat(line(asn, 0).path("received_good").asLong()).isEqualTo(3);
        assertThat(line(asn, 0).path("received_damaged").asLong()).isZero();
    }

    @Test
    void the_ledger_keeps_both_postings_and_the_second_names_the_first() {
        given.receive(receipt, "TEA", 24);

        done(reverse(receiver, receipt));

        assertThat(
                        rows(
                                """
                                select sum(undone.quantity) filter (where undone.quantity > 0)
                                       || ' ' || sum(made.quantity) filter (where made.quantity > 0)
                                       || ' ' || min(undone.kind)
                                  from wms.movement as undone
                                  join wms.movement as made
                                    on made.tenant_id = undone.tenant_id
                                   and made.posting_id = undone.reverses_posting_id
                                   and made.leg = undone.leg
                                 where undone.tenant_id = '%s'
                                """))
                .containsExactly("24 24 RECEIPT");
    }

    @Test
    void announces_what_was_taken_back_in_the_stream_of_its_line() {
        given.receive(receipt, "TEA", 24);

        done(reverse(receiver, receipt));

        assertThat(
                        rows(
                                "select type || ' ' || stream_no || ' ' || (payload ->> 'quantity')"
                                        + " from wms.outbox where tenant_id = '%s' and type like"
                                        + " 'receipt.re%%' order by stream_no"))
                .containsExactly("receipt.received 2 24", "receipt.reversed 3 24");
    }

    @Test
    void is_done_once_and_does_not_go_on_to_the_scan_before() {
        given.receive(receipt, "TEA", 4);
        given.receive(receipt, "TEA", 20);
        done(reverse(receiver, receipt));

        var again = reverse(receiver, receipt);

        assertThat(again.status()).isEqualTo(409);
        assertThat(again.code()).isEqualTo("inbound.already-reversed");
        assertThat(line(asn, 0).path("received_good").asLong()).isEqualTo(4);
    }

    @Test
    void a_scan_after_a_reversal_can_be_taken_back_in_its_turn() {
        given.receive(receipt, "TEA", 4);
        done(reverse(receiver, receipt));
        given.receive(receipt, "TEA", 5);

        done(reverse(receiver, receipt));

        assertThat(line(asn, 0).path("received_good").asLong()).isZero();
    }

    @Test
    void nobody_takes_back_what_somebody_else_has_scanned() {
        given.receive(receipt, "TEA", 4);
        var colleague = receiver.colleague();

        assertThat(reverse(colleague, receipt).code()).isEqualTo("inbound.nothing-to-reverse");
        done(receive(colleague, receipt, "TEA", 20, "GOOD"));
        done(reverse(receiver, receipt));

        assertThat(line(asn, 0).path("received_good").asLong()).isEqualTo(20);
    }

    @Test
    void a_scan_into_another_receipt_is_another_scan() {
        given.receive(receipt, "TEA", 4);
        String other = given.openReceipt(asn);

        assertThat(reverse(receiver, other).code()).isEqualTo("inbound.nothing-to-reverse");
    }

    @Test
    void refuses_once_the_receipt_is_closed() {
        given.receive(receipt, "TEA", 4);
        done(close());

        var answer = reverse(receiver, receipt);

        assertThat(answer.code()).isEqualTo("inbound.receipt-not-open");
        assertThat(answer.json().at("/facts/state").asString()).isEqualTo("CLOSED");
    }

    @Test
    void refuses_when_one_unit_was_carried_away_and_allows_it_when_all_stand_there() {
        String atDock = given.receive(receipt, "TEA", 4);
        given.putAway(atDock, 1, "A-01");

        var answer = reverse(receiver, receipt);

        assertThat(answer.code()).isEqualTo("inbound.scan-built-on");
        assertThat(answer.json().at("/facts/free").asLong()).isEqualTo(3);
        done(receiver.post("reverse-putaway", Map.of("bucket_id", atDock), "{}"));
        done(reverse(receiver, receipt));
    }

    @Test
    void a_receipt_of_which_everything_was_taken_back_is_cancelled_when_it_closes() {
        given.receive(receipt, "TEA", 4);
        done(reverse(receiver, receipt));

        assertThat(done(close()).text("state")).isEqualTo("CANCELLED");
    }

    @Test
    void a_receipt_that_keeps_one_scan_is_closed_when_it_closes() {
        given.receive(receipt, "TEA", 4);
        given.receive(receipt, "TEA", 1);
        done(reverse(receiver, receipt));

        assertThat(done(close()).text("state")).isEqualTo("CLOSED");
    }

    @Test
    void a_scan_that_was_taken_back_is_not_counted_in_silence_when_it_is_sent_again() {
        var event = UUID.randomUUID();
        done(event(4, event));
        done(reverse(receiver, receipt));

        var again = event(4, event);

        assertThat(again.status()).isEqualTo(409);
        assertThat(again.code()).isEqualTo("inbound.scan-reversed");
        assertThat(event(5, event).code()).isEqualTo("inbound.scan-reused");
        assertThat(line(asn, 0).path("received_good").asLong()).isZero();
        done(event(4, UUID.randomUUID()));
    }

    @Test
    void one_of_many_who_take_the_same_scan_back_at_once_does() {
        for (int round = 0; round < 4; round++) {
            given.receive(receipt, "TEA", 2);
            given.receive(receipt, "TEA", 3);

            var answers = Together.all(4, _ -> reverse(receiver, receipt));

            assertThat(answers).extracting(Answer::status).containsOnlyOnce(200);
            assertThat(answers.stream().filter(it -> it.status() != 200))
                    .allMatch(it -> it.code().equals("inbound.already-reversed"));
            assertThat(line(asn, 0).path("received_good").asLong()).isEqualTo(2L * (round + 1));
        }
    }

    @Test
    void a_scan_is_either_taken_back_or_closed_in() {
        for (int round = 0; round < 6; round++) {
            String own = given.asn("TEA 5");
            String raced = given.openReceipt(own);
            given.receive(raced, "TEA", 5);

            var answers =
                    Together.all(
                            2,
                            number ->
                                    number == 0
                                            ? reverse(receiver, raced)
                                            : receiver.post(
                                                    "close-receipt",
                                                    Map.of("receipt_id", raced),
                                                    "{}"));

            boolean isBack = answers.getFirst().status() == 200;
            assertThat(answers.getLast().status()).isEqualTo(200);
            if (!isBack) {
                assertThat(answers.getFirst().code()).isEqualTo("inbound.receipt-not-open");
            }
            assertThat(answers.getLast().text("state")).isEqualTo(isBack ? "CANCELLED" : "CLOSED");
            assertThat(line(own, 0).path("received_good").asLong()).isEqualTo(isBack ? 0 : 5);
        }
    }

    @Test
    void goods_are_either_taken_back_or_carried_away() {
        for (int round = 0; round < 6; round++) {
            String raced = given.openReceipt(given.asn("CUP 5"));
            String atDock = given.receive(raced, "CUP", 5);

            var answers =
                    Together.all(
                            2,
                            number ->
                                    number == 0
                                            ? reverse(receiver, raced)
                                            : receiver.post(
                                                    "confirm-putaway",
                                                    Map.of("bucket_id", atDock),
                                                    "{\"quantity\": 5, \"to\": \"A-01\"}"));

            assertThat(answers).extracting(Answer::status).containsExactlyInAnyOrder(200, 409);
            assertThat(answers)
                    .extracting(Answer::code)
                    .containsAnyOf("inbound.scan-built-on", "inbound.insufficient-stock");
        }
    }

    @Test
    void others_scan_on_while_one_takes_back() {
        given.receive(receipt, "TEA", 4);

        var answers =
                Together.all(
                        5,
                        number ->
                                number == 0
                                        ? reverse(receiver, receipt)
                                        : receive(receiver.colleague(), receipt, "TEA", 5, "GOOD"));

        assertThat(answers).extracting(Answer::status).containsOnly(200);
        assertThat(line(asn, 0).path("received_good").asLong()).isEqualTo(20);
    }

    private Answer reverse(Client who, String from) {
        return who.post("reverse-receipt-scan", Map.of("receipt_id", from), "{}");
    }

    private Answer close() {
        return receiver.post("close-receipt", Map.of("receipt_id", receipt), "{}");
    }

    private Answer event(long quantity, UUID event) {
        return receiver.post(
                "receive-line",
                Map.of("receipt_id", receipt),
                """
                {"sku": "TEA", "quantity": %d, "condition": "GOOD", "client_event_id": "%s"}\
                """
                        .formatted(quantity, event));
    }

    private static Answer receive(
            Client who, String into, String sku, long quantity, String condition) {
        return who.post(
                "receive-line",
                Map.of("receipt_id", into),
                """
                {"sku": "%s", "quantity": %d, "condition": "%s"}\
                """
                        .formatted(sku, quantity, condition));
    }

    private JsonNode line(String of, int at) {
        return receiver.get("get-asn", Map.of("asn_id", of), Map.of())
                .json()
                .path("lines")
                .path(at);
    }

    private List<String> rows(String query) {
        try (var connection = PLATFORM.database().superuser();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(query.formatted(receiver.tenant().uuid()))) {
            var found = new ArrayList<String>();
            while (rows.next()) {
                found.add(rows.getString(1));
            }
            return found;
        } catch (SQLException e) {
            throw new AssertionError("the superuser sees all rows", e);
        }
    }

    private static Answer done(Answer answer) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        return answer;
    }
}
