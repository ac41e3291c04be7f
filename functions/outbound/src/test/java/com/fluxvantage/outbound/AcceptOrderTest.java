package com.fluxvantage.outbound;

import static com.fluxvantage.outbound.Floor.created;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.operation.Permission;
import com.fluxvantage.outbound.Floor.Units;
import com.fluxvantage.testing.Answer;
import com.fluxvantage.testing.TestPlatform;
import com.fluxvantage.testing.Together;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.util.Collections;
import java.util.List;
import java.util.Map;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class AcceptOrderTest {
    private static final TestPlatform PLATFORM = TestPlatform.start();

    private final Floor floor = Floor.open(PLATFORM).item("TEA").item("RICE");

    @Test
    void takes_in_an_order_although_nothing_of_it_is_there() {
        var answer = created(accept("R-1", Units.of(2, "TEA"), Units.of(3, "RICE")));

        String order = answer.text("order_id");
        assertThat(answer.number("version")).isEqualTo(1);
        assertThat(answer.json().at("/lines/1/line_no").asInt()).isEqualTo(2);
        assertThat(floor.state(order)).isEqualTo("ACCEPTED");
        assertThat(floor.of(order, "ordered")).containsExactly(2L, 3L);
        assertThat(floor.of(order, "unallocated")).containsExactly(2L, 3L);
    }

    @Test
    void takes_in_two_lines_of_one_item() {
        String order =
                created(accept("R-1", Units.of(2, "TEA"), Units.of(2, "TEA"))).text("order_id");

        assertThat(floor.of(order, "ordered")).containsExactly(2L, 2L);
    }

    @Test
    void tells_subscribers_that_the_order_came_in() {
        String order = created(accept("R-1", Units.of(2, "TEA"))).text("order_id");

        assertThat(floor.events(order)).containsExactly("order.received:1");
    }

    @Test
    void refuses_a_second_order_with_the_reference() {
        created(accept("R-1", Units.of(2, "TEA")));

        var second = accept("R-1", Units.of(2, "TEA"));

        assertThat(second.status()).isEqualTo(409);
        assertThat(second.code()).isEqualTo("outbound.reference-taken");
    }

    @Test
    void takes_a_reference_that_another_tenant_uses() {
        created(accept("R-1", Units.of(2, "TEA")));
        var other = Floor.open(PLATFORM).item("TEA");

        created(
                other.client()
                        .post(
                                "accept-order",
                                Map.of(),
                                other.orderJson("R-1", List.of(Units.of(1, "TEA")), "")));
    }

    @Test
    void of_many_who_send_one_order_at_once_one_is_taken() {
        var answers = Together.all(8, _ -> accept("R-1", Units.of(1, "TEA")));

        assertThat(answers).extracting(Answer::status).containsOnlyOnce(201);
        assertThat(answers).extracting(Answer::status).containsOnly(201, 409);
    }

    @Test
    void misses_an_item_that_is_not_there_and_names_its_line() {
        var answer = accept("R-1", Units.of(2, "TEA"), Units.of(2, "COFFEE"));

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.json().at("/errors/0/pointer").asString()).isEqualTo("#/lines/1/sku");
        created(accept("R-1", Units.of(2, "TEA"))); // Nothing of the first try is left.
    }

    @Test
    void misses_the_warehouse_and_the_items_of_another_tenant() {
        var stranger = Floor.open(PLATFORM).item("COFFEE");
        String theirs = stranger.orderJson("R-1", List.of(Units.of(1, "TEA")), "");
        String ours = floor.orderJson("R-1", List.of(Units.of(1, "COFFEE")), "");

        var warehouse = floor.client().post("accept-order", Map.of(), theirs);
        var item = floor.client().post("accept-order", Map.of(), ours);

        assertThat(warehouse.status()).isEqualTo(404);
        assertThat(warehouse.json().at("/errors/0/pointer").asString()).isEqualTo("#/warehouse_id");
        assertThat(item.status()).isEqualTo(404);
    }

    @Test
    void refuses_an_order_without_lines_and_a_line_without_units() {
        assertThat(accept("R-1").status()).isEqualTo(422);
        assertThat(accept("R-1", Units.of(0, "TEA")).json().at("/errors/0/pointer").asString())
                .isEqualTo("#/lines/0/quantity");
        created(accept("R-1", Units.of(1, "TEA")));
    }

    @Test
    void takes_as_many_lines_as_it_says_and_not_one_more() {
        var most = Collections.nCopies(AcceptOrder.MOST_LINES, Units.of(1, "TEA"));
        var more = Collections.nCopies(AcceptOrder.MOST_LINES + 1, Units.of(1, "TEA"));

        created(floor.client().post("accept-order", Map.of(), floor.orderJson("R-1", most, "")));
        var refused =
                floor.client().post("accept-order", Map.of(), floor.orderJson("R-2", more, ""));

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.json().at("/errors/0/code").asString()).isEqualTo("too-many");
    }

    @Test
    void refuses_more_units_than_can_be_counted() {
        long half = 500_000_000;

        created(accept("R-1", Units.of(half, "TEA"), Units.of(half, "TEA")));
        assertThat(accept("R-2", Units.of(half, "TEA"), Units.of(half + 1, "TEA")).status())
                .isEqualTo(422);
    }

    @Test
    void takes_a_long_postcode_and_telephone_number() {
        String order = floor.orderJson("R-1", List.of(Units.of(1, "TEA")), "");
        String longest = "9".repeat(200);
        String recipient =
                order.replace("\"T1\"", "\"" + longest + "\", \"phone\": \"" + longest + "\"");

        created(floor.client().post("accept-order", Map.of(), recipient));
        var tooLong =
                floor.client()
                        .post("accept-order", Map.of(), recipient.replace(longest, longest + "9"));

        assertThat(tooLong.status()).isEqualTo(422);
        assertThat(tooLong.json().toString()).doesNotContain("999");
    }

    @Test
    void refuses_a_country_that_is_not_two_capital_letters() {
        String order = floor.orderJson("R-1", List.of(Units.of(1, "TEA")), "");

        var answer =
                floor.client().post("accept-order", Map.of(), order.replace("\"GB\"", "\"UK1\""));

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().at("/errors/0/pointer").asString())
                .isEqualTo("#/recipient/country");
    }

    @Test
    void needs_the_permission_to_accept() {
        String order = floor.orderJson("R-1", List.of(Units.of(1, "TEA")), "");

        assertThat(
                        floor.client()
                                .with(Permission.ORDERS_READ)
                                .post("accept-order", Map.of(), order)
                                .status())
                .isEqualTo(403);
    }

    private Answer accept(String reference, Units... lines) {
        return floor.client()
                .post("accept-order", Map.of(), floor.orderJson(reference, List.of(lines), ""));
    }
}
