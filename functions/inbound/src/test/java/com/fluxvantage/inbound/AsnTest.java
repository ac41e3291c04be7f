package com.fluxvantage.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.testing.Answer;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.GivenWarehouse;
import com.fluxvantage.testing.TestPlatform;
import com.fluxvantage.testing.Together;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** From the announcement of goods to the last closed receipt. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class AsnTest {
    private static final TestPlatform PLATFORM = TestPlatform.start();

    private Client tenant;
    private GivenWarehouse given;

    @BeforeEach
    void a_warehouse() {
        tenant = PLATFORM.openTenant();
        given = GivenWarehouse.of(tenant);
        given.item("TEA");
        given.item("CUP");
    }

    @Test
    void an_announced_asn_is_expected_and_shows_its_lines_in_order() {
        var asn = asn(given.asn("TEA 24", "CUP 6", "TEA 12"));

        assertThat(asn.text("state")).isEqualTo("EXPECTED");
        assertThat(
                        asn.json()
                                .path("lines")
                                .valueStream()
                                .map(it ->
                                        it.path("sku").asString()
                                                + " "
                                                + it.path("expected").asLong()))
                .containsExactly("TEA 24", "CUP 6", "TEA 12");
        assertThat(asn.headers()).containsEntry("ETag", "\"1\"");
    }

    @Test
    void a_reference_is_used_once_in_a_tenant_even_by_two_callers_at_once() {
        var answers =
                Together.all(4, _ -> announce("ONCE", "[{\"sku\": \"TEA\", \"quantity\": 1}]"));

        assertThat(answers.stream().filter(it -> it.status() == 201)).hasSize(1);
        assertThat(answers.stream().filter(it -> it.status() != 201))
                .allMatch(it -> it.code().equals("inbound.reference-taken"));
        var neighbour = PLATFORM.openTenant();
        var theirs = GivenWarehouse.of(neighbour);
        theirs.item("TEA");
        theirs.asn("TEA 1");
    }

    @Test
    void an_unknown_item_is_missing_and_nothing_is_announced() {
        var answer =
                announce(
                        "UNKNOWN",
                        "[{\"sku\": \"TEA\", \"quantity\": 1}, {\"sku\": \"NOBODYS\", \"quantity\":"
                                + " 1}]");

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.json().path("errors").path(0).path("pointer").asString())
                .isEqualTo("#/lines/1/sku");
        assertThat(announce("UNKNOWN", "[{\"sku\": \"TEA\", \"quantity\": 1}]").status())
                .isEqualTo(201);
    }

    @Test
    void a_thousand_lines_are_taken_and_one_more_is_not() {
        assertThat(announce("LARGE", lines(AnnounceAsn.MOST_LINES)).status()).isEqualTo(201);
        var answer = announce("TOO-LARGE", lines(AnnounceAsn.MOST_LINES + 1));
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().path("errors").path(0).path("code").asString())
                .isEqualTo("too-many");
    }

    @Test
    void the_line_at_fault_is_pointed_at() {
        var answer =
                announce(
                        "FAULT",
                        "[{\"sku\": \"TEA\", \"quantity\": 1}, {\"sku\": \"TEA\", \"quantity\":"
                                + " 0}]");

        assertThat(answer.json().path("errors").path(0).path("pointer").asString())
                .isEqualTo("#/lines/1/quantity");
    }

    @Test
    void a_receipt_is_opened_at_a_dock_and_nowhere_else() {
        var asn = given.asn("TEA 24");

        assertThat(open(asn, "{\"dock\": \"A-01\"}").code()).isEqualTo("inbound.not-a-dock");
        assertThat(open(asn, "{\"dock\": \"NOWHERE\"}").status()).isEqualTo(404);
        assertThat(open(asn, "{}").status()).isEqualTo(201);
        assertThat(asn(asn).text("state")).isEqualTo("RECEIVING");
    }

    @Test
    void an_asn_is_received_when_all_is_counted_and_every_receipt_is_closed() {
        var asn = given.asn("TEA 24");
        var first = given.openReceipt(asn);
        var second = given.openReceipt(asn);
        given.receive(first, "TEA", 20);
        given.receive(second, "TEA", 4);

        assertThat(close(first).text("asn_state")).isEqualTo("RECEIVING");
        assertThat(close(second).text("asn_state")).isEqualTo("RECEIVED");
        assertThat(open(asn, "{}").code()).isEqualTo("inbound.asn-not-receivable");
    }

    @Test
    void a_receipt_into_which_nothing_was_counted_is_cancelled() {
        var asn = given.asn("TEA 24");
        var receipt = given.openReceipt(asn);

        assertThat(close(receipt).text("state")).isEqualTo("CANCELLED");
        assertThat(close(receipt).code()).isEqualTo("inbound.receipt-not-open");
        assertThat(asn(asn).text("state")).isEqualTo("RECEIVING");
    }

    @Test
    void what_is_still_to_come_is_taken_by_another_receipt() {
        var asn = given.asn("TEA 24");
        var first = given.openReceipt(asn);
        given.receive(first, "TEA", 20);
        close(first);

        given.receive(given.openReceipt(asn), "TEA", 4);

        assertThat(asn(asn).json().path("lines").path(0).path("state").asString())
                .isEqualTo("COMPLETE");
    }

    private Answer announce(String reference, String lines) {
        return tenant.post(
                "announce-asn",
                Map.of(),
                """
                {"warehouse_id": "%s", "reference": "%s", "lines": %s}\
                """
                        .formatted(given.warehouseId(), reference, lines));
    }

    private static String lines(int count) {
        return IntStream.range(0, count)
                .mapToObj(_ -> "{\"sku\": \"TEA\", \"quantity\": 1}")
                .collect(Collectors.joining(",", "[", "]"));
    }

    private Answer open(String asn, String body) {
        return tenant.post("open-receipt", Map.of("asn_id", asn), body);
    }

    private Answer close(String receipt) {
        return tenant.post("close-receipt", Map.of("receipt_id", receipt), "{}");
    }

    private Answer asn(String id) {
        return tenant.get("get-asn", Map.of("asn_id", id), Map.of());
    }
}
