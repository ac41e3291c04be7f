package com.fluxvantage.outbound;

import static com.fluxvantage.outbound.Floor.created;
import static com.fluxvantage.outbound.Floor.done;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.outbound.Floor.Units;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.util.Map;
import java.util.stream.StreamSupport;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class GetOrderTest {
    private static final TestPlatform PLATFORM = TestPlatform.start();

    private final Floor floor =
            Floor.open(PLATFORM).item("TEA").bin("A-1", 1).stock("A-1", Units.of(10, "TEA"));

    @Test
    void shows_each_line_with_its_quantities() {
        String order = floor.allocated(Units.of(12, "TEA"));

        var line = floor.get(order).at("/lines/0");

        assertThat(line.path("sku").asString()).isEqualTo("TEA");
        assertThat(line.path("ordered").asLong()).isEqualTo(12);
        assertThat(line.path("allocated").asLong()).isEqualTo(10);
        assertThat(line.path("unallocated").asLong()).isEqualTo(2);
        assertThat(line.path("cancelled").asLong()).isZero();
    }

    @Test
    void shows_the_packer_what_stands_at_the_stage() {
        String order = floor.allocated(Units.of(3, "TEA"), Units.of(4, "TEA"));
        assertThat(floor.get(order).path("to_pack").isEmpty()).isTrue();
        floor.pickAll(order);
        created(floor.pack(order, Units.of(2, "TEA")));

        var toPack = floor.get(order).path("to_pack");

        assertThat(toPack.size()).isEqualTo(1);
        assertThat(toPack.at("/0/sku").asString()).isEqualTo("TEA");
        assertThat(toPack.at("/0/quantity").asLong()).isEqualTo(5);
    }

    @Test
    void shows_cartons_and_shipments() {
        String order = floor.packed(Units.of(1, "TEA"));
        done(floor.dispatch(order, "T-100"));

        var shown = floor.get(order);

        assertThat(shown.at("/cartons/0/state").asString()).isEqualTo("SHIPPED");
        assertThat(shown.at("/cartons/0/label").asString()).isNotBlank();
        assertThat(shown.at("/shipments/0/carrier").asString()).isEqualTo("Post");
        assertThat(shown.at("/shipments/0/tracking").asString()).isEqualTo("T-100");
    }

    @Test
    void has_no_field_for_the_recipient() {
        var names = floor.get(floor.orderFor(floor.today(), Units.of(1, "TEA"))).propertyNames();

        assertThat(names)
                .containsOnly(
                        "order_id",
                        "warehouse_id",
                        "reference",
                        "state",
                        "version",
                        "ship_by",
                        "lines",
                        "to_pack",
                        "cartons",
                        "shipments");
    }

    @Test
    void numbers_its_answer_by_the_version() {
        String order = floor.allocated(Units.of(1, "TEA"));

        var answer = done(floor.client().get("get-order", Map.of("order_id", order), Map.of()));

        assertThat(answer.number("version")).isEqualTo(2);
        assertThat(answer.headers()).containsEntry("ETag", "\"2\"");
    }

    @Test
    void shows_the_lines_in_the_order_of_the_shop() {
        floor.item("RICE").item("SALT");
        String order = floor.order(Units.of(1, "SALT"), Units.of(1, "RICE"), Units.of(1, "TEA"));

        assertThat(
                        StreamSupport.stream(floor.get(order).path("lines").spliterator(), false)
                                .map(it -> it.path("sku").asString()))
                .containsExactly("SALT", "RICE", "TEA");
    }

    @Test
    void misses_the_order_of_another_tenant() {
        String order = floor.order(Units.of(1, "TEA"));
        var stranger = PLATFORM.openTenant();

        var theirs = stranger.get("get-order", Map.of("order_id", order), Map.of());
        var nobodys =
                stranger.get("get-order", Map.of("order_id", "ord_" + "0".repeat(26)), Map.of());

        assertThat(theirs.status()).isEqualTo(404);
        assertThat(theirs.comparable()).isEqualTo(nobodys.comparable());
    }
}
