package com.fluxvantage.kernel.quantity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fluxvantage.kernel.operation.InvalidValue;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class QuantityTest {
    private static final Quantity THREE = Quantity.of(3);
    private static final Quantity FIVE = Quantity.of(5);

    @ParameterizedTest
    @ValueSource(longs = {0, 1, Quantity.MOST})
    void is_a_number_from_0_to_the_most(long units) {
        assertThat(Quantity.of(units).units()).isEqualTo(units);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, Quantity.MOST + 1, Long.MAX_VALUE})
    void is_never_negative_and_never_more_than_the_most(long units) {
        assertThatExceptionOfType(InvalidValue.class)
                .isThrownBy(() -> Quantity.of(units))
                .satisfies(refused -> assertThat(refused.code()).isEqualTo("out-of-range"))
                .satisfies(refused ->
                        assertThat(refused.sentence()).doesNotContain(Long.toString(units)));
    }

    @Test
    void sums_go_beyond_what_may_be_typed_and_end_where_json_stops_being_exact() {
        assertThat(THREE.plus(FIVE)).isEqualTo(Quantity.of(8));
        assertThat(Quantity.of(Quantity.MOST).plus(Quantity.of(1)).units())
                .isEqualTo(Quantity.MOST + 1);
        var most = new Quantity(9_007_199_254_740_991L);
        assertThatExceptionOfType(InvalidValue.class)
                .isThrownBy(() -> most.plus(Quantity.of(1)))
                .satisfies(refused -> assertThat(refused.code()).isEqualTo("out-of-range"));
    }

    @Test
    void less_what_was_taken_never_falls_below_none() {
        assertThat(FIVE.less(THREE)).isEqualTo(Quantity.of(2));
        assertThat(FIVE.less(FIVE)).isEqualTo(Quantity.NONE);
        assertThat(THREE.less(FIVE)).isEqualTo(Quantity.NONE);
    }

    @Test
    void at_most_is_the_smaller_one() {
        assertThat(FIVE.atMost(THREE)).isEqualTo(THREE);
        assertThat(THREE.atMost(FIVE)).isEqualTo(THREE);
        assertThat(THREE.atMost(THREE)).isEqualTo(THREE);
    }

    @Test
    void exceeds_only_what_is_smaller() {
        assertThat(FIVE.exceeds(THREE)).isTrue();
        assertThat(THREE.exceeds(THREE)).isFalse();
        assertThat(THREE.exceeds(FIVE)).isFalse();
        assertThat(THREE).isLessThan(FIVE);
    }

    @Test
    void none_is_zero() {
        assertThat(Quantity.NONE.isNone()).isTrue();
        assertThat(Quantity.of(1).isNone()).isFalse();
        assertThat(FIVE).hasToString("5");
    }
}
