package com.fluxvantage.outbound;

import static com.fluxvantage.outbound.Floor.done;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.outbound.Floor.Units;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ListPicksTest {
    private static final TestPlatform PLATFORM = TestPlatform.start();

    private final Floor floor =
            Floor.open(PLATFORM)
                    .item("TEA")
                    .item("RICE")
                    .bin("FAR", 30)
                    .bin("NEAR", 10)
                    .bin("MIDDLE", 20)
                    .stock("FAR", Units.of(2, "TEA"))
                    .stock("NEAR", Units.of(9, "RICE"))
                    .stock("MIDDLE", Units.of(9, "TEA"));

    @Test
    void lists_picks_in_the_order_of_the_walk() {
        String order = floor.allocated(Units.of(5, "TEA"), Units.of(1, "RICE"));

        assertThat(floor.picks(order))
                .extracting(
                        it -> it.path("location").asString() + " " + it.path("quantity").asLong())
                .containsExactly("NEAR 1", "MIDDLE 3", "FAR 2");
    }

    @Test
    void lists_the_picks_of_all_orders_or_of_one() {
        String first = floor.allocated(Units.of(1, "RICE"));
        String second = floor.allocated(Units.of(1, "RICE"));

        assertThat(list(Map.of()))
                .extracting(it -> it.path("order_id").asString())
                .containsOnly(first, second);
        assertThat(floor.picks(second))
                .extracting(it -> it.path("order_id").asString())
                .containsExactly(second);
    }

    @Test
    void pages_without_losing_or_repeating_a_pick() {
        for (int number = 0; number < 5; number++) {
            floor.allocated(Units.of(1, "RICE"), Units.of(1, "TEA"));
        }
        var all = list(Map.of());

        var paged = new ArrayList<JsonNode>();
        var query = new HashMap<>(Map.of("limit", "3"));
        int pages = 0;
        while (pages < 4) {
            var answer = page(query);
            paged.addAll(Floor.items(answer));
            pages++;
            if (!answer.path("next_cursor").isString()) {
                break;
            }
            query.put("cursor", answer.path("next_cursor").asString());
        }

        assertThat(all).hasSize(10);
        assertThat(paged).isEqualTo(all);
    }

    @Test
    void does_not_list_what_stands_at_the_stage_or_is_short() {
        String order = floor.allocated(Units.of(20, "RICE"));
        var pick = floor.picks(order).getFirst();

        done(floor.confirm(pick, 4));
        assertThat(floor.picks(order))
                .extracting(it -> it.path("quantity").asLong())
                .containsExactly(5L);

        done(floor.confirm(pick, 5));
        assertThat(floor.picks(order)).isEmpty();
    }

    @Test
    void says_which_lot_to_take() {
        var keepsUntil = floor.today().plusDays(90);
        floor.perishable("MILK", 0).lot("NEAR", Units.of(3, "MILK"), "L-7", keepsUntil);

        var pick = floor.picks(floor.allocated(Units.of(1, "MILK"))).getFirst();

        assertThat(pick.path("lot").asString()).isEqualTo("L-7");
        assertThat(pick.path("expires_on").asString()).isEqualTo(keepsUntil.toString());
    }

    @Test
    void misses_the_warehouse_and_the_order_of_another_tenant() {
        String order = floor.allocated(Units.of(1, "RICE"));
        var stranger = Floor.open(PLATFORM);

        assertThat(
                        stranger.client()
                                .get(
                                        "list-picks",
                                        Map.of(),
                                        Map.of("warehouse_id", floor.warehouse()))
                                .status())
                .isEqualTo(404);
        assertThat(
                        stranger.client()
                                .get(
                                        "list-picks",
                                        Map.of(),
                                        Map.of(
                                                "warehouse_id",
                                                stranger.warehouse(),
                                                "order_id",
                                                order))
                                .status())
                .isEqualTo(404);
        assertThat(
                        Floor.items(
                                done(stranger.client()
                                                .get(
                                                        "list-picks",
                                                        Map.of(),
                                                        Map.of(
                                                                "warehouse_id",
                                                                stranger.warehouse())))
                                        .json()))
                .isEmpty();
    }

    private List<JsonNode> list(Map<String, String> query) {
        return Floor.items(page(query));
    }

    private JsonNode page(Map<String, String> query) {
        var whole = new HashMap<>(query);
        whole.put("warehouse_id", floor.warehouse());
        return done(floor.client().get("list-picks", Map.of(), whole)).json();
    }
}
