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

import java.sql.SQLException;
import java.util.Map;
import java.util.UUID;

/** From the dock to the shelf. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class PutawayTest {
    private static final TestPlatform PLATFORM = TestPlatform.start();

    private Client tenant;
    private GivenWarehouse given;
    private String atDock;

    @BeforeEach
    void tea_at_the_dock() {
        tenant = PLATFORM.openTenant();
        given = GivenWarehouse.of(tenant);
        given.item("TEA");
        given.item("CUP");
        atDock = given.receive(given.openReceipt(given.asn("TEA 24")), "TEA", 24);
    }

    @Test
    void suggests_the_nearest_empty_bin_in_walk_order() {
        assertThat(suggest(atDock).text("strategy")).isEqualTo("NEAREST_EMPTY");
        assertThat(suggest(atDock).text("location")).isEqualTo("A-01");
    }

    @Test
    void suggests_the_bin_that_holds_the_same_goods_before_an_empty_one() {
        given.putAway(atDock, 4, "A-03");

        assertThat(suggest(atDock).text("strategy")).isEqualTo("CONSOLIDATE");
        assertThat(suggest(atDock).text("location")).isEqualTo("A-03");
    }

    @Test
    void suggests_the_items_own_face_before_anything_else() {
        given.putAway(atDock, 4, "A-03");
        tenant.post(
                "add-location",
                Map.of("warehouse_id", given.warehouseId()),
                """
                {"code": "FACE", "pick_sequence": 99, "home_sku": "TEA"}\
                """);

        assertThat(suggest(atDock).text("strategy")).isEqualTo("HOME");
        assertThat(suggest(atDock).text("location")).isEqualTo("FACE");
    }

    @Test
    void never_puts_damaged_goods_on_the_face() {
        tenant.post(
                "add-location",
                Map.of("warehouse_id", given.warehouseId()),
                """
                {"code": "FACE", "pick_sequence": 99, "home_sku": "CUP"}\
                """);
        var receipt = given.openReceipt(given.asn("CUP 1"));
        var broken =
                tenant.post(
                                "receive-line",
                                Map.of("receipt_id", receipt),
                                """
                                {"sku": "CUP", "quantity": 1, "condition": "DAMAGED"}\
                                """)
                        .json()
                        .path("stock")
                        .path(0)
                        .path("bucket")
                        .asString();

        assertThat(suggest(broken).text("location")).isEqualTo("A-01");
    }

    @Test
    void says_so_when_no_bin_is_free() {
        given.stock("CUP", 1, "A-01");
        given.stock("CUP", 1, "A-02");
        given.stock("CUP", 1, "A-03");

        assertThat(suggest(atDock).code()).isEqualTo("inbound.no-putaway-location");
    }

    @Test
    void confirms_where_the_goods_really_went() {
        assertThat(confirm(atDock, 10, "A-02").status()).isEqualTo(200);
        assertThat(onHand("A-02")).isEqualTo(10);
        assertThat(onHand("DOCK-1")).isEqualTo(14);
    }

    @Test
    void refuses_one_unit_more_than_stands_at_the_dock_and_says_how_many_do() {
        var answer = confirm(atDock, 25, "A-01");

        assertThat(answer.code()).isEqualTo("inbound.insufficient-stock");
        assertThat(answer.json().path("facts").path("free").asLong()).isEqualTo(24);
        assertThat(confirm(atDock, 24, "A-01").status()).isEqualTo(200);
    }

    @Test
    void refuses_a_place_that_is_no_bin_and_goods_that_stand_at_no_dock() {
        assertThat(confirm(atDock, 1, "STAGE-1").code()).isEqualTo("inbound.location-not-allowed");
        assertThat(confirm(atDock, 1, "NOWHERE").status()).isEqualTo(404);
        var inBin =
                confirm(atDock, 5, "A-01")
                        .json()
                        .path("stock")
                        .valueStream()
                        .map(it -> it.path("bucket").asString())
                        .filter(it -> !it.equals(atDock))
                        .findFirst()
                        .orElseThrow();
        assertThat(confirm(inBin, 1, "A-02").code()).isEqualTo("inbound.location-not-allowed");
    }

    @Test
    void refuses_when_the_stock_was_changed_since_it_was_seen() {
        confirm(atDock, 1, "A-01");

        var answer =
                tenant.post(
                        "confirm-putaway",
                        Map.of("bucket_id", atDock),
                        """
                        {"quantity": 1, "to": "A-01", "seen_version": 1}\
                        """);

        assertThat(answer.code()).isEqualTo("inbound.bucket-changed");
    }

    @Test
    void many_workers_carry_off_exactly_what_is_there() {
        var answers = Together.all(8, number -> confirm(atDock, 5, "A-0" + (1 + number % 3)));

        assertThat(answers.stream().filter(it -> it.status() == 200)).hasSize(4);
        assertThat(answers.stream().filter(it -> it.status() != 200))
                .allMatch(it -> it.code().equals("inbound.insufficient-stock"));
        assertThat(onHand("DOCK-1")).isEqualTo(4);
    }

    @Test
    void a_putaway_that_a_device_sends_again_under_another_key_counts_once() {
        var event = UUID.randomUUID();

        var first = event(atDock, 24, event);
        var again = event(atDock, 24, event);

        assertThat(again.status()).isEqualTo(200);
        assertThat(again.text("posting_id")).isEqualTo(first.text("posting_id"));
        assertThat(first.json().path("stock").size()).isEqualTo(2);
        assertThat(again.json().path("stock").isEmpty()).isTrue();
        assertThat(onHand("A-02")).isEqualTo(24);
    }

    @Test
    void a_putaway_that_a_device_sends_many_times_at_once_counts_once() {
        var event = UUID.randomUUID();

        var answers = Together.all(6, _ -> event(atDock, 4, event));

        assertThat(answers).extracting(Answer::status).containsOnly(200);
        assertThat(answers.stream().map(it -> it.text("posting_id")).distinct()).hasSize(1);
        assertThat(onHand("A-02")).isEqualTo(4);
    }

    @Test
    void refuses_the_id_of_a_putaway_for_other_goods_and_another_quantity() {
        var other = given.receive(given.openReceipt(given.asn("CUP 9")), "CUP", 9);
        var event = UUID.randomUUID();
        event(atDock, 4, event);

        assertThat(event(other, 4, event).code()).isEqualTo("inbound.scan-reused");
        assertThat(event(atDock, 5, event).code()).isEqualTo("inbound.scan-reused");
        assertThat(onHand("A-02")).isEqualTo(4);
    }

    @Test
    void a_refused_putaway_does_not_use_up_its_id() {
        var event = UUID.randomUUID();

        assertThat(event(atDock, 25, event).code()).isEqualTo("inbound.insufficient-stock");
        assertThat(event(atDock, 24, event).json().path("stock").size()).isEqualTo(2);
    }

    private Answer event(String bucket, long quantity, UUID event) {
        return tenant.post(
                "confirm-putaway",
                Map.of("bucket_id", bucket),
                """
                {"quantity": %d, "to": "A-02", "client_event_id": "%s"}\
                """
                        .formatted(quantity, event));
    }

    private Answer suggest(String bucket) {
        return tenant.get("suggest-putaway", Map.of("bucket_id", bucket), Map.of());
    }

    private Answer confirm(String bucket, long quantity, String to) {
        return tenant.post(
                "confirm-putaway",
                Map.of("bucket_id", bucket),
                """
                {"quantity": %d, "to": "%s"}\
                """
                        .formatted(quantity, to));
    }

    private long onHand(String location) {
        try (var connection = PLATFORM.database().superuser();
                var statement =
                        connection.prepareStatement(
                                """
                                select coalesce(sum(bucket.on_hand), 0)
                                  from wms.bucket
                                  join wms.location using (tenant_id, location_id)
                                 where bucket.tenant_id = ?
                                   and location.code = ?
                                """)) {
            statement.setObject(1, tenant.tenant().uuid());
            statement.setString(2, location);
            try (var row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        } catch (SQLException e) {
            throw new AssertionError("the superuser sees all buckets", e);
        }
    }
}
