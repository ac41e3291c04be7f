package com.fluxvantage.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fluxvantage.benchmarks.Figure.Aim;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.util.Arrays;

/** A figure is the middle of its rounds, and says of itself whether it is what it should be. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class FigureTest {
    @Test
    void one_round_that_was_disturbed_does_not_move_it() {
        assertThat(figure(new Aim.None(), 0.1, 9.0, 0.2).median()).isEqualTo(0.2);
        assertThat(figure(new Aim.None(), 0.1, 0.3).median()).isEqualTo(0.2);
    }

    @Test
    void it_tells_the_aim_and_whether_it_is_met() {
        assertThat(Report.line(figure(new Aim.AtMost(0.10), 0.10))).contains("aim ≤ 0.10: met");
        assertThat(Report.line(figure(new Aim.AtMost(0.10), 0.11))).contains("aim ≤ 0.10: missed");
        assertThat(Report.line(figure(new Aim.AtLeast(0.60), 0.60))).contains("aim ≥ 0.60: met");
        assertThat(Report.line(figure(new Aim.AtLeast(0.60), 0.59))).contains("≥ 0.60: missed");
        assertThat(Report.line(figure(new Aim.None(), 4))).contains("aim none\n");
    }

    @Test
    void nothing_measured_is_no_figure() {
        assertThatThrownBy(() -> figure(new Aim.None()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static Figure figure(Aim aim, double... rounds) {
        return new Figure("suite", "name", aim, Arrays.stream(rounds).boxed().toList(), "beside");
    }
}
