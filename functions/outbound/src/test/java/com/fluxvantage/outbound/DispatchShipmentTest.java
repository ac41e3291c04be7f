package com.fluxvantage.outbound;

import static com.fluxvantage.outbound.Floor.created;
import static com.fluxvantage.outbound.Floor.done;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.outbound.Floor.Units;
import com.fluxvantage.testing.Answer;
import com.fluxvantage.testing.TestPlatform;
import com.fluxvantage.testing.Together;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.util.Map;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class DispatchShipmentTest {
    private static final TestPlatform PLATFORM = TestPlatform.start();

    private final Floor floor =
            Floor.open(PLATFORM).item("TEA").bin("A-1", 1).stock("A-1", Units.of(20, "TEA"));

    @Test
    void hands_the_cartons_to_the_carrier() {
        String order = floor.picked(Units.of(8, "TEA"));
        created(floor.pack(order, Units.of(5, "TEA")));
        created(floor.pack(order, Units.of(3, "TEA")));

        var answer = done(floor.dispatch(order));

        assertThat(answer.text("order_state")).isEqualTo("SHIPPED");
        assertThat(answer.number("cartons")).isEqualTo(2);
        assertThat(answer.number("units")).isEqualTo(8);
        assertThat(floor.of(order, "shipped")).containsExactly(8L);
        assertThat(floor.total("TEA", "on_hand")).isEqualTo(12);
        assertThat(floor.total("TEA", "reserved")).isZero();
        assertThat(floor.events(order)).endsWith("order.shipped:" + answer.number("version"));
        floor.isSound();
    }

    @Test
    void refuses_an_order_before_all_of_it_is_packed() {
        String accepted = floor.order(Units.of(1, "TEA"));
        String picked = floor.picked(Units.of(8, "TEA"));
        created(floor.pack(picked, Units.of(5, "TEA")));

        var answer = floor.dispatch(picked);

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.code()).isEqualTo("outbound.order-not-packed");
        assertThat(answer.json().at("/facts/to_pack").asLong()).isEqualTo(3);
        assertThat(floor.dispatch(accepted).code()).isEqualTo("outbound.order-not-packed");
        created(floor.pack(picked, Units.of(3, "TEA")));
        done(floor.dispatch(picked));
    }

    @Test
    void ships_what_was_there_and_leaves_the_rest_unallocated() {
        String order = floor.packedOf(new Units[] {Units.of(25, "TEA")}, Units.of(20, "TEA"));

        var answer = done(floor.dispatch(order));

        assertThat(answer.number("units")).isEqualTo(20);
        assertThat(floor.of(order, "shipped")).containsExactly(20L);
        assertThat(floor.of(order, "unallocated")).containsExactly(5L);
        assertThat(floor.state(order)).isEqualTo("SHIPPED");
        assertThat(floor.total("TEA", "on_hand")).isZero();
        floor.isSound();
    }

    @Test
    void ships_an_order_of_two_lines_of_one_item() {
        String order =
                floor.packedOf(
                        new Units[] {Units.of(3, "TEA"), Units.of(4, "TEA")}, Units.of(7, "TEA"));

        done(floor.dispatch(order));

        assertThat(floor.of(order, "shipped")).containsExactly(3L, 4L);
        floor.isSound();
    }

    @Test
    void refuses_an_order_that_has_left() {
        String order = floor.packed(Units.of(1, "TEA"));
        done(floor.dispatch(order));

        assertThat(floor.dispatch(order).code()).isEqualTo("outbound.order-not-packed");
        assertThat(floor.allocate(order).code()).isEqualTo("outbound.order-not-allocatable");
    }

    @Test
    void refuses_a_tracking_number_that_the_carrier_has_given_before() {
        done(floor.dispatch(floor.packed(Units.of(1, "TEA")), "T-1"));
        String order = floor.packed(Units.of(1, "TEA"));

        var answer = floor.dispatch(order, "T-1");

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.code()).isEqualTo("outbound.tracking-taken");
        assertThat(floor.state(order)).isEqualTo("PACKED");
        done(floor.dispatch(order, "T-2"));
    }

    @Test
    void refuses_a_tracking_number_with_a_space() {
        assertThat(floor.dispatch(floor.packed(Units.of(1, "TEA")), "T 1").status()).isEqualTo(422);
    }

    @Test
    void starts_the_time_after_which_the_recipient_is_forgotten() {
        String order = floor.packed(Units.of(1, "TEA"));
        String shippedAt =
                "select ended_at is not null from wms.order_recipient where tenant_id = '%s'"
                        .formatted(floor.client().tenant().uuid());

        assertThat(floor.rows(shippedAt)).containsExactly("f");
        done(floor.dispatch(order));
        assertThat(floor.rows(shippedAt)).containsExactly("t");
    }

    @Test
    void of_many_who_dispatch_one_order_at_once_one_does() {
        String order = floor.packed(Units.of(8, "TEA"));

        var answers = Together.all(6, number -> floor.dispatch(order, "RACE-" + number));

        assertThat(answers).extracting(Answer::status).containsOnlyOnce(200);
        assertThat(answers).extracting(Answer::status).containsOnly(200, 409);
        assertThat(floor.get(order).path("shipments").size()).isEqualTo(1);
        assertThat(floor.total("TEA", "on_hand")).isEqualTo(12);
        floor.isSound();
    }

    @Test
    void misses_the_order_of_another_tenant() {
        String order = floor.packed(Units.of(1, "TEA"));

        var answer =
                PLATFORM.openTenant()
                        .post(
                                "dispatch-shipment",
                                Map.of("order_id", order),
                                "{\"carrier\": \"Post\", \"tracking\": \"T-1\"}");

        assertThat(answer.status()).isEqualTo(404);
    }
}
