package com.fluxvantage.outbound;

import static com.fluxvantage.outbound.Floor.done;
import static com.fluxvantage.outbound.Floor.scan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.kernel.stock.ReservationId;
import com.fluxvantage.outbound.Floor.Units;
import com.fluxvantage.testing.Answer;
import com.fluxvantage.testing.TestPlatform;
import com.fluxvantage.testing.Together;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ConfirmPickTest {
    private static final TestPlatform PLATFORM = TestPlatform.start();

    private final Floor floor =
            Floor.open(PLATFORM)
                    .item("TEA")
                    .item("RICE")
                    .bin("A-1", 1)
                    .bin("A-2", 2)
                    .stock("A-1", Units.of(20, "TEA"));

    @Test
    void takes_goods_to_the_stage_and_the_promise_with_them() {
        String order = floor.allocated(Units.of(8, "TEA"));

        var answer = done(floor.confirm(onlyPick(order), 8));

        assertThat(answer.number("picked")).isEqualTo(8);
        assertThat(answer.number("still_to_pick")).isZero();
        assertThat(answer.json().path("stock").size()).isEqualTo(2);
        assertThat(floor.at("A-1", "TEA", "on_hand")).isEqualTo(12);
        assertThat(floor.at("A-1", "TEA", "reserved")).isZero();
        assertThat(floor.at("STAGE-1", "TEA", "on_hand")).isEqualTo(8);
        assertThat(floor.at("STAGE-1", "TEA", "reserved")).isEqualTo(8);
        assertThat(floor.of(order, "picked")).containsExactly(8L);
        floor.isSound();
    }

    @Test
    void takes_one_pick_in_several_scans() {
        String order = floor.allocated(Units.of(8, "TEA"));
        var pick = onlyPick(order);

        var first = done(floor.confirm(pick, 3));
        var second = done(floor.confirm(pick, 4));
        assertThat(floor.state(order)).isEqualTo("PICKING");
        var third = done(floor.confirm(pick, 1));

        assertThat(List.of(first, second, third))
                .extracting(it -> it.number("picked"))
                .containsExactly(3L, 7L, 8L);
        assertThat(List.of(first, second, third))
                .extracting(it -> it.number("still_to_pick"))
                .containsExactly(5L, 1L, 0L);
        assertThat(floor.state(order)).isEqualTo("PICKED");
        assertThat(floor.events(order))
                .containsExactly(
                        "order.received:1",
                        "order.allocated:2",
                        "order.picking:3",
                        "order.picking:4");
        floor.isSound();
    }

    @Test
    void an_order_of_two_lines_of_one_item_is_picked_line_by_line() {
        String order = floor.allocated(Units.of(3, "TEA"), Units.of(4, "TEA"));

        for (var pick : floor.picks(order)) {
            done(floor.confirm(pick, pick.path("quantity").asLong()));
        }

        assertThat(floor.of(order, "picked")).containsExactly(3L, 4L);
        assertThat(floor.state(order)).isEqualTo("PICKED");
        floor.isSound();
    }

    @Test
    void refuses_one_more_than_is_left_of_the_pick() {
        var pick = onlyPick(floor.allocated(Units.of(8, "TEA")));
        done(floor.confirm(pick, 3));

        var more = floor.confirm(pick, 6);

        assertThat(more.status()).isEqualTo(409);
        assertThat(more.code()).isEqualTo("outbound.over-pick");
        assertThat(more.json().at("/facts/still_to_pick").asLong()).isEqualTo(5);
        done(floor.confirm(pick, 5));
    }

    @Test
    void refuses_a_scan_of_nothing() {
        assertThat(floor.confirm(onlyPick(floor.allocated(Units.of(8, "TEA"))), 0).status())
                .isEqualTo(422);
    }

    @Test
    void says_when_a_pick_is_done() {
        var pick = onlyPick(floor.allocated(Units.of(8, "TEA")));
        done(floor.confirm(pick, 8));

        var again = floor.confirm(pick, 1);

        assertThat(again.status()).isEqualTo(409);
        assertThat(again.code()).isEqualTo("outbound.pick-done");
    }

    @Test
    void refuses_another_place_and_names_the_right_one() {
        var pick = onlyPick(floor.allocated(Units.of(8, "TEA")));

        var answer = floor.confirm(pick, scan(pick, 8, "").replace("A-1", "A-2"));

        assertThat(answer.code()).isEqualTo("outbound.wrong-location");
        assertThat(answer.json().at("/facts/expected").asString()).isEqualTo("A-1");
    }

    @Test
    void refuses_another_item_and_names_the_right_one() {
        var pick = onlyPick(floor.allocated(Units.of(8, "TEA")));

        var answer = floor.confirm(pick, scan(pick, 8, "").replace("TEA", "RICE"));

        assertThat(answer.code()).isEqualTo("outbound.wrong-item");
        assertThat(answer.json().at("/facts/expected").asString()).isEqualTo("TEA");
    }

    @Test
    void takes_the_barcode_for_the_item_and_refuses_another_items_and_nobodys() {
        floor.barcoded("JAR", "4006381333931")
                .barcoded("CAN", "96385074")
                .stock("A-2", Units.of(5, "JAR"));
        var pick = onlyPick(floor.allocated(Units.of(2, "JAR")));

        var other = floor.confirm(pick, barcode(pick, "96385074"));
        var nobodys = floor.confirm(pick, barcode(pick, "00012345678905"));
        var right = done(floor.confirm(pick, barcode(pick, "4006381333931")));

        assertThat(other.code()).isEqualTo("outbound.wrong-item");
        assertThat(other.json().at("/facts/expected").asString()).isEqualTo("JAR");
        assertThat(nobodys.comparable()).isEqualTo(other.comparable());
        assertThat(right.number("picked")).isEqualTo(1);
        floor.isSound();
    }

    @Test
    void refuses_a_scan_that_names_no_item_and_one_that_names_it_twice() {
        var pick = onlyPick(floor.allocated(Units.of(8, "TEA")));

        var none = floor.confirm(pick, scan(pick, 1, "").replace("\"sku\": \"TEA\",", ""));
        var both = floor.confirm(pick, scan(pick, 1, "\"gtin\": \"96385074\","));

        assertThat(none.status()).isEqualTo(422);
        assertThat(none.json().at("/errors/0/pointer").asString()).isEqualTo("#/sku");
        assertThat(both.status()).isEqualTo(422);
        assertThat(both.json().at("/errors/0/pointer").asString()).isEqualTo("#/gtin");
    }

    @Test
    void refuses_another_lot_and_a_scan_without_one() {
        floor.perishable("MILK", 0)
                .lot("A-2", Units.of(5, "MILK"), "L-7", floor.today().plusDays(90));
        var pick = onlyPick(floor.allocated(Units.of(2, "MILK")));

        var other = floor.confirm(pick, scan(pick, 2, "").replace("L-7", "L-8"));
        var none = floor.confirm(pick, scan(pick, 2, "").replace("\"lot\": \"L-7\",", ""));

        assertThat(other.status()).isEqualTo(409);
        assertThat(other.code()).isEqualTo("outbound.wrong-lot");
        assertThat(none.status()).isEqualTo(422);
        assertThat(none.code()).isEqualTo("outbound.lot-required");
        done(floor.confirm(pick, 2));
        floor.isSound();
    }

    @Test
    void refuses_a_lot_where_the_item_has_none() {
        var pick = onlyPick(floor.allocated(Units.of(8, "TEA")));

        assertThat(floor.confirm(pick, scan(pick, 8, "\"lot\": \"L-1\",")).code())
                .isEqualTo("outbound.wrong-lot");
    }

    @Test
    void refuses_goods_that_have_expired_since_they_were_promised() {
        var own = TestPlatform.start();
        var later = Floor.open(own).perishable("MILK", 0).bin("A-1", 1);
        later.lot("A-1", Units.of(5, "MILK"), "L-1", later.today().plusDays(5));
        var pick = later.picks(later.allocated(Units.of(2, "MILK"))).getFirst();

        own.clock().move(Duration.ofDays(5));
        done(later.confirm(pick, 1));
        own.clock().move(Duration.ofDays(1));
        var answer = later.confirm(pick, 1);

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.code()).isEqualTo("outbound.lot-expired");
    }

    @Test
    void a_scan_that_is_sent_twice_with_one_key_counts_once() {
        String order = floor.allocated(Units.of(8, "TEA"));
        var pick = onlyPick(order);
        String key = UUID.randomUUID().toString();

        var first = done(confirmWithKey(pick, scan(pick, 3, ""), key));
        var second = done(confirmWithKey(pick, scan(pick, 3, ""), key));

        assertThat(second.json()).isEqualTo(first.json());
        assertThat(second.headers()).containsEntry("Idempotency-Replayed", "true");
        assertThat(floor.of(order, "picked")).containsExactly(3L);
        floor.isSound();
    }

    @Test
    void a_scan_that_a_device_sends_again_under_another_key_counts_once() {
        String order = floor.allocated(Units.of(8, "TEA"));
        var pick = onlyPick(order);
        String scan = scan(pick, 8, event(UUID.randomUUID()));

        done(floor.confirm(pick, scan));
        var again = done(floor.confirm(pick, scan));

        assertThat(again.number("picked")).isEqualTo(8);
        assertThat(again.number("still_to_pick")).isZero();
        assertThat(again.json().path("stock").isEmpty()).isTrue();
        assertThat(floor.of(order, "picked")).containsExactly(8L);
        assertThat(floor.state(order)).isEqualTo("PICKED");
        floor.isSound();
    }

    @Test
    void a_scan_that_a_device_sends_many_times_at_once_counts_once() {
        String order = floor.allocated(Units.of(8, "TEA"));
        var pick = onlyPick(order);
        String scan = scan(pick, 2, event(UUID.randomUUID()));

        var answers = Together.all(6, _ -> floor.confirm(pick, scan));

        assertThat(answers).extracting(Answer::status).containsOnly(200);
        assertThat(floor.of(order, "picked")).containsExactly(2L);
        floor.isSound();
    }

    @Test
    void refuses_the_id_of_a_scan_for_another_scan() {
        String order = floor.allocated(Units.of(8, "TEA"));
        var pick = onlyPick(order);
        var other = onlyPick(floor.allocated(Units.of(8, "TEA")));
        var event = UUID.randomUUID();
        done(floor.confirm(pick, scan(pick, 2, event(event))));

        assertThat(floor.confirm(pick, scan(pick, 3, event(event))).code())
                .isEqualTo("outbound.scan-reused");
        assertThat(floor.confirm(other, scan(other, 2, event(event))).code())
                .isEqualTo("outbound.scan-reused");
        assertThat(floor.of(order, "picked")).containsExactly(2L);
    }

    @Test
    void the_id_of_one_lines_scan_does_not_swallow_the_same_scan_of_another_line() {
        String order = floor.allocated(Units.of(4, "TEA"), Units.of(4, "TEA"));
        var picks = floor.picks(order);
        var event = UUID.randomUUID();
        done(floor.confirm(picks.getFirst(), scan(picks.getFirst(), 4, event(event))));

        var other = floor.confirm(picks.getLast(), scan(picks.getLast(), 4, event(event)));

        assertThat(other.status()).isEqualTo(409);
        assertThat(other.code()).isEqualTo("outbound.scan-reused");
        assertThat(floor.of(order, "picked")).containsExactlyInAnyOrder(4L, 0L);
        done(floor.confirm(picks.getLast(), scan(picks.getLast(), 4, event(UUID.randomUUID()))));
        assertThat(floor.state(order)).isEqualTo("PICKED");
        floor.isSound();
    }

    @Test
    void a_refused_scan_does_not_use_up_its_id() {
        var pick = onlyPick(floor.allocated(Units.of(8, "TEA")));
        String event = event(UUID.randomUUID());

        assertThat(floor.confirm(pick, scan(pick, 9, event)).status()).isEqualTo(409);

        done(floor.confirm(pick, scan(pick, 8, event)));
    }

    @Test
    void refuses_an_id_of_a_scan_that_is_no_uuid() {
        var pick = onlyPick(floor.allocated(Units.of(8, "TEA")));

        assertThat(floor.confirm(pick, scan(pick, 8, "\"client_event_id\": \"17\",")).status())
                .isEqualTo(422);
    }

    @Test
    void two_pickers_share_one_pick_and_every_scan_counts() {
        String order = floor.allocated(Units.of(10, "TEA"));
        var pick = onlyPick(order);

        var answers = Together.all(10, _ -> floor.confirm(pick, 1));

        assertThat(answers).extracting(Answer::status).containsOnly(200);
        assertThat(answers)
                .extracting(it -> it.number("picked"))
                .containsExactlyInAnyOrder(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
        assertThat(floor.state(order)).isEqualTo("PICKED");
        assertThat(floor.at("STAGE-1", "TEA", "reserved")).isEqualTo(10);
        floor.isSound();
    }

    @Test
    void two_pickers_never_take_more_than_the_pick() {
        var pick = onlyPick(floor.allocated(Units.of(10, "TEA")));

        var answers = Together.all(2, _ -> floor.confirm(pick, 6));

        assertThat(answers).extracting(Answer::status).containsExactlyInAnyOrder(200, 409);
        assertThat(floor.at("STAGE-1", "TEA", "on_hand")).isEqualTo(6);
        floor.isSound();
    }

    @Test
    void two_pickers_who_finish_two_lines_at_one_moment_finish_the_order() {
        floor.stock("A-2", Units.of(20, "RICE"));
        for (int round = 0; round < 6; round++) {
            String order = floor.allocated(Units.of(1, "TEA"), Units.of(1, "RICE"));
            var picks = floor.picks(order);

            var answers = Together.all(2, number -> floor.confirm(picks.get(number), 1));

            assertThat(answers).extracting(Answer::status).containsOnly(200);
            assertThat(floor.state(order)).isEqualTo("PICKED");
        }
        floor.isSound();
    }

    @Test
    void misses_the_pick_of_another_tenant_and_goods_at_the_stage() {
        var pick = onlyPick(floor.allocated(Units.of(8, "TEA")));
        var stranger = Floor.open(PLATFORM);
        done(floor.confirm(pick, 8));
        String staged =
                floor.rows(
                                "select reservation_id from wms.reservation where state = 'ACTIVE' and tenant_id = '%s'"
                                        .formatted(floor.client().tenant().uuid()))
                        .getFirst();
        String stagedId = Identifiers.text(new ReservationId(UUID.fromString(staged)));

        assertThat(stranger.confirm(pick, 1).status()).isEqualTo(404);
        assertThat(
                        floor.client()
                                .post(
                                        "confirm-pick",
                                        Map.of("pick_id", stagedId),
                                        scan(pick, 1, ""))
                                .status())
                .isEqualTo(404);
    }

    private JsonNode onlyPick(String order) {
        var picks = floor.picks(order);
        assertThat(picks).hasSize(1);
        return picks.getFirst();
    }

    private static String barcode(JsonNode pick, String gtin) {
        return scan(pick, 1, "").replaceFirst("\"sku\": \"[A-Z]+\"", "\"gtin\": \"" + gtin + "\"");
    }

    private static String event(UUID id) {
        return "\"client_event_id\": \"" + id + "\",";
    }

    private Answer confirmWithKey(JsonNode pick, String scan, String key) {
        return floor.client()
                .raw(
                        "confirm-pick",
                        Floor.path(pick),
                        Map.of(),
                        scan,
                        Map.of("Idempotency-Key", key));
    }
}
