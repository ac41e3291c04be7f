package com.fluxvantage.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.inbound.ReceivingTolerance.Room;
import com.fluxvantage.inbound.ReceivingTolerance.Share;
import com.fluxvantage.kernel.quantity.Quantity;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.util.List;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ReceivingToleranceTest {
    private static final ReceivingTolerance NONE = new ReceivingTolerance(0);
    private static final ReceivingTolerance TEN_PERCENT = new ReceivingTolerance(10);

    @Test
    void units_fill_lines_in_order() {
        assertThat(NONE.fill(List.of(room("1", 10, 4), room("2", 5, 0)), Quantity.of(8)))
                .contains(List.of(share("1", 6), share("2", 2)));
    }

    @Test
    void a_full_line_is_passed_over() {
        assertThat(NONE.fill(List.of(room("1", 10, 10), room("2", 5, 0)), Quantity.of(5)))
                .contains(List.of(share("2", 5)));
    }

    @Test
    void one_unit_too_many_does_not_fit() {
        assertThat(NONE.fill(List.of(room("1", 10, 4), room("2", 5, 0)), Quantity.of(12)))
                .isEmpty();
    }

    @Test
    void the_tolerance_takes_what_no_line_expects_any_more() {
        assertThat(TEN_PERCENT.fill(List.of(room("1", 100, 0), room("2", 50, 0)), Quantity.of(165)))
                .contains(List.of(share("1", 110), share("2", 55)));
        assertThat(TEN_PERCENT.fill(List.of(room("1", 100, 0), room("2", 50, 0)), Quantity.of(166)))
                .isEmpty();
    }

    @Test
    void a_tolerance_is_rounded_down_to_whole_units() {
        assertThat(TEN_PERCENT.stillAllowed(List.of(room("1", 19, 0)))).isEqualTo(Quantity.of(20));
        assertThat(TEN_PERCENT.stillAllowed(List.of(room("1", 9, 0)))).isEqualTo(Quantity.of(9));
    }

    private static Room<String> room(String line, long expected, long received) {
        return new Room<>(line, Quantity.of(expected), Quantity.of(received));
    }

    private static Share<String> share(String line, long quantity) {
        return new Share<>(line, Quantity.of(quantity));
    }
}
