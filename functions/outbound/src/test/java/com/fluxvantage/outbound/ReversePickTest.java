package com.fluxvantage.outbound;

import static com.fluxvantage.outbound.Floor.created;
import static com.fluxvantage.outbound.Floor.done;
import static com.fluxvantage.outbound.Floor.scan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.outbound.Floor.Units;
import com.fluxvantage.testing.Answer;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.TestPlatform;
import com.fluxvantage.testing.Together;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.util.List;
import java.util.UUID;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ReversePickTest {
    private static final TestPlatform PLATFORM = TestPlatform.start();

    private final Floor floor =
            Floor.open(PLATFORM)
                    .item("TEA")
                    .item("RICE")
                    .bin("A-1", 1)
                    .bin("A-2", 2)
                    .stock("A-1", Units.of(20, "TEA"));

    @AfterEach
    void the_stock_is_sound() {
        floor.isSound();
    }

    @Test
    void puts_goods_and_promise_back_into_their_place() {
        String order = floor.allocated(Units.of(8, "TEA"));
        var pick = onlyPick(order);
        done(floor.confirm(pick, 8));

        var answer = done(reverse(pick));

        assertThat(answer.number("picked")).isZero();
        assertThat(answer.number("still_to_pick")).isEqualTo(8);
        assertThat(answer.text("order_state")).isEqualTo("ALLOCATED");
        assertThat(floor.at("A-1", "TEA", "on_hand")).isEqualTo(20);
        assertThat(floor.at("A-1", "TEA", "reserved")).isEqualTo(8);
        assertThat(floor.at("STAGE-1", "TEA", "on_hand")).isZero();
        assertThat(floor.of(order, "picked")).containsExactly(0L);
        assertThat(floor.of(order, "allocated")).containsExactly(8L);
    }

    @Test
    void the_goods_are_a_pick_of_their_own_again_and_the_order_goes_on() {
        String order = floor.allocated(Units.of(8, "TEA"));
        var pick = onlyPick(order);
        done(floor.confirm(pick, 8));

        var back = done(reverse(pick));
        var again = onlyPick(order);

        assertThat(again.path("pick_id").asString()).isEqualTo(back.text("pick_id"));
        assertThat(again.path("location").asString()).isEqualTo("A-1");
        assertThat(floor.confirm(pick, 1).code()).isEqualTo("outbound.pick-done");
        done(floor.confirm(again, 8));
        created(floor.pack(order, Units.of(8, "TEA")));
        done(floor.dispatch(order));
        assertThat(floor.state(order)).isEqualTo("SHIPPED");
    }

    @Test
    void takes_back_the_last_of_several_scans_and_leaves_the_rest_of_the_pick() {
        String order = floor.allocated(Units.of(8, "TEA"));
        var pick = onlyPick(order);
        done(floor.confirm(pick, 3));
        done(floor.confirm(pick, 4));

        var answer = done(reverse(pick));

        assertThat(answer.number("picked")).isEqualTo(3);
        assertThat(answer.number("still_to_pick")).isEqualTo(5);
        assertThat(answer.text("order_state")).isEqualTo("PICKING");
        assertThat(floor.picks(order).stream().mapToLong(it -> it.path("quantity").asLong()).sum())
                .isEqualTo(5);
        assertThat(floor.at("STAGE-1", "TEA", "reserved")).isEqualTo(3);
    }

    @Test
    void the_order_goes_back_step_by_step_and_tells_each() {
        floor.stock("A-2", Units.of(20, "RICE"));
        String order = floor.allocated(Units.of(1, "TEA"), Units.of(1, "RICE"));
        var picks = floor.picks(order);
        picks.forEach(pick -> done(floor.confirm(pick, 1)));
        assertThat(floor.state(order)).isEqualTo("PICKED");

        done(reverse(picks.getFirst()));
        assertThat(floor.state(order)).isEqualTo("PICKING");
        done(reverse(picks.getLast()));

        assertThat(floor.state(order)).isEqualTo("ALLOCATED");
        assertThat(floor.events(order))
                .containsExactly(
                        "order.received:1",
                        "order.allocated:2",
                        "order.picking:3",
                        "order.picking:4",
                        "order.picking:5",
                        "order.picking:6");
    }

    @Test
    void is_done_once_and_does_not_go_on_to_the_scan_before() {
        String order = floor.allocated(Units.of(8, "TEA"));
        var pick = onlyPick(order);
        done(floor.confirm(pick, 3));
        done(floor.confirm(pick, 4));
        done(reverse(pick));

        var again = reverse(pick);

        assertThat(again.status()).isEqualTo(409);
        assertThat(again.code()).isEqualTo("outbound.already-reversed");
        assertThat(floor.of(order, "picked")).containsExactly(3L);
    }

    @Test
    void a_reversal_is_no_scan_that_could_be_taken_back() {
        String order = floor.allocated(Units.of(8, "TEA"));
        var pick = onlyPick(order);
        done(floor.confirm(pick, 8));
        done(reverse(pick));

        assertThat(reverse(onlyPick(order)).code()).isEqualTo("outbound.nothing-to-reverse");
    }

    @Test
    void nobody_takes_back_what_somebody_else_has_picked() {
        String order = floor.allocated(Units.of(8, "TEA"));
        var pick = onlyPick(order);
        done(floor.confirm(pick, 3));
        var colleague = floor.client().colleague();
        done(colleague.post("confirm-pick", Floor.path(pick), scan(pick, 4, "")));

        done(reverse(pick));

        assertThat(floor.of(order, "picked")).containsExactly(4L);
        assertThat(reverse(floor.client().colleague(), pick).code())
                .isEqualTo("outbound.nothing-to-reverse");
        assertThat(floor.of(order, "picked")).containsExactly(4L);
    }

    @Test
    void refuses_when_one_unit_is_in_a_carton_and_says_how_many_are_not() {
        String order = floor.allocated(Units.of(8, "TEA"));
        var pick = onlyPick(order);
        done(floor.confirm(pick, 3));
        done(floor.confirm(pick, 5));
        created(floor.pack(order, Units.of(4, "TEA")));

        var answer = reverse(pick);

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.code()).isEqualTo("outbound.scan-built-on");
        assertThat(answer.json().at("/facts/at_stage").asLong()).isEqualTo(4);
        assertThat(floor.of(order, "picked")).containsExactly(4L);
    }

    @Test
    void allows_it_when_only_the_goods_of_an_earlier_scan_are_in_a_carton() {
        String order = floor.allocated(Units.of(8, "TEA"));
        var pick = onlyPick(order);
        done(floor.confirm(pick, 3));
        done(floor.confirm(pick, 5));
        created(floor.pack(order, Units.of(3, "TEA")));

        var answer = done(reverse(pick));

        assertThat(answer.text("order_state")).isEqualTo("PICKING");
        assertThat(answer.number("picked")).isEqualTo(3);
        assertThat(answer.number("still_to_pick")).isEqualTo(5);
    }

    @Test
    void refuses_when_the_order_has_left() {
        String order = floor.allocated(Units.of(8, "TEA"));
        var pick = onlyPick(order);
        done(floor.confirm(pick, 8));
        created(floor.pack(order, Units.of(8, "TEA")));
        done(floor.dispatch(order));

        assertThat(reverse(pick).code()).isEqualTo("outbound.scan-built-on");
        assertThat(floor.state(order)).isEqualTo("SHIPPED");
    }

    @Test
    void keeps_the_lot_and_goes_back_into_a_place_that_was_swept_meanwhile() {
        floor.perishable("MILK", 0)
                .lot("A-2", Units.of(2, "MILK"), "L-7", floor.today().plusDays(90));
        String order = floor.allocated(Units.of(2, "MILK"));
        var pick = onlyPick(order);
        done(floor.confirm(pick, 2));
        sweep();

        done(reverse(pick));

        var again = onlyPick(order);
        assertThat(again.path("lot").asString()).isEqualTo("L-7");
        assertThat(again.path("location").asString()).isEqualTo("A-2");
        done(floor.confirm(again, 2));
    }

    @Test
    void a_scan_that_was_taken_back_is_not_counted_in_silence_when_it_is_sent_again() {
        String order = floor.allocated(Units.of(8, "TEA"));
        var pick = onlyPick(order);
        String sent = scan(pick, 3, "\"client_event_id\": \"" + UUID.randomUUID() + "\",");
        done(floor.confirm(pick, sent));
        done(reverse(pick));

        var again = floor.confirm(pick, sent);

        assertThat(again.status()).isEqualTo(409);
        assertThat(again.code()).isEqualTo("outbound.scan-reversed");
        assertThat(floor.of(order, "picked")).containsExactly(0L);
    }

    @Test
    void one_of_many_who_take_the_same_scan_back_at_once_does() {
        String order = floor.allocated(Units.of(8, "TEA"));
        var pick = onlyPick(order);
        done(floor.confirm(pick, 3));
        done(floor.confirm(pick, 4));

        var answers = Together.all(4, _ -> reverse(pick));

        assertThat(answers).extracting(Answer::status).containsOnlyOnce(200);
        assertThat(answers.stream().filter(it -> it.status() != 200))
                .allMatch(it -> it.code().equals("outbound.already-reversed"));
        assertThat(floor.of(order, "picked")).containsExactly(3L);
    }

    @Test
    void goods_are_either_taken_back_or_packed() {
        for (int round = 0; round < 6; round++) {
            String order = floor.allocated(Units.of(2, "TEA"));
            var pick = onlyPick(order);
            done(floor.confirm(pick, 2));

            var answers =
                    Together.all(
                            2,
                            number ->
                                    number == 0
                                            ? reverse(pick)
                                            : floor.pack(order, Units.of(2, "TEA")));

            boolean isBack = answers.getFirst().status() == 200;
            assertThat(answers.getLast().status()).isEqualTo(isBack ? 409 : 201);
            if (!isBack) {
                assertThat(answers.getFirst().code()).isEqualTo("outbound.scan-built-on");
            }
            assertThat(floor.state(order)).isEqualTo(isBack ? "ALLOCATED" : "PACKED");
            floor.isSound();
        }
    }

    @Test
    void pickers_pick_on_while_one_takes_back() {
        String order = floor.allocated(Units.of(10, "TEA"));
        var pick = onlyPick(order);
        done(floor.confirm(pick, 5));

        var answers =
                Together.all(
                        6,
                        number ->
                                number == 0
                                        ? reverse(pick)
                                        : floor.client()
                                                .colleague()
                                                .post(
                                                        "confirm-pick",
                                                        Floor.path(pick),
                                                        scan(pick, 1, "")));

        assertThat(answers).extracting(Answer::status).containsOnly(200);
        assertThat(floor.of(order, "picked")).containsExactly(5L);
        assertThat(floor.state(order)).isEqualTo("PICKING");
    }

    @Test
    void another_tenants_pick_is_missing() {
        var pick = onlyPick(floor.allocated(Units.of(8, "TEA")));
        done(floor.confirm(pick, 8));

        assertThat(reverse(Floor.open(PLATFORM).client(), pick).status()).isEqualTo(404);
    }

    private Answer reverse(JsonNode pick) {
        return reverse(floor.client(), pick);
    }

    private static Answer reverse(Client who, JsonNode pick) {
        return who.post("reverse-pick", Floor.path(pick), "{}");
    }

    private JsonNode onlyPick(String order) {
        List<JsonNode> picks = floor.picks(order);
        assertThat(picks).hasSize(1);
        return picks.getFirst();
    }

    // What the sweep does, for this tenant.
    private void sweep() {
        assertThat(
                        floor.rows(
                                "delete from wms.bucket where on_hand = 0 and reserved = 0 and tenant_id = '%s' returning bucket_id"
                                        .formatted(floor.client().tenant().uuid())))
                .isNotEmpty();
    }
}
