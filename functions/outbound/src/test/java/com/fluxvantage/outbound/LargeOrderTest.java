package com.fluxvantage.outbound;

import static com.fluxvantage.outbound.Floor.created;
import static com.fluxvantage.outbound.Floor.done;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.outbound.Floor.Units;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.util.stream.IntStream;

/** The largest order that is expected: each step is one call, and has to end within its limits. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class LargeOrderTest {
    private static final int LINES = 600;

    private final Floor floor = Floor.open(TestPlatform.start()).bin("A-1", 1);

    @Test
    void an_order_of_six_hundred_items_goes_all_the_way() {
        var lines = IntStream.range(0, LINES).mapToObj(line -> Units.of(1, "SKU-" + line)).toList();
        lines.forEach(line -> floor.item(line.sku()));
        String order = floor.order(lines, "");

        var nothing = done(floor.allocate(order));
        assertThat(nothing.number("missing")).isEqualTo(LINES);
        assertThat(nothing.json().path("short_lines").size()).isEqualTo(LINES);

        lines.forEach(line -> floor.stock("A-1", line));
        assertThat(done(floor.allocate(order)).number("allocated")).isEqualTo(LINES);

        int picks = 0;
        for (var page = floor.picks(order); !page.isEmpty(); page = floor.picks(order)) {
            page.forEach(pick -> done(floor.confirm(pick, 1)));
            picks += page.size();
        }
        assertThat(picks).isEqualTo(LINES);
        assertThat(floor.state(order)).isEqualTo("PICKED");

        created(floor.pack(order, lines.toArray(Units[]::new)));
        assertThat(done(floor.dispatch(order)).number("units")).isEqualTo(LINES);
        assertThat(floor.of(order, "shipped")).containsOnly(1L).hasSize(LINES);
        floor.isSound();
    }
}
