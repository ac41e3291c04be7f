package com.fluxvantage.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.operation.Timing;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.time.Duration;

/** What runs by the clock, while a test moves it. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class ClockworkTest {
    private final Aftermath given = new Aftermath();

    @AfterEach
    void leave() {
        given.close();
    }

    @Test
    void runs_when_its_hour_has_come_and_not_before_once_for_each_tenant() {
        var other = given.house().openTenant("active");
        try (var clockwork = given.clockwork(ConsumerOperations.HOURLY)) {
            clockwork.turn();
            assertThat(given.noted()).isEmpty();

            anHourLater();
            clockwork.turn();
            clockwork.turn();

            assertThat(given.noted()).hasSize(1);
            assertThat(given.noted(other)).hasSize(1);
            anHourLater();
            clockwork.turn();
            assertThat(given.noted()).hasSize(2);
        }
    }

    @Test
    void runs_for_no_tenant_whose_state_forbids_it() {
        var suspended = given.house().openTenant("suspended");
        try (var clockwork = given.clockwork(ConsumerOperations.HOURLY)) {
            anHourLater();
            clockwork.turn();

            assertThat(given.noted(suspended)).isEmpty();
            assertThat(given.noted()).hasSize(1);
        }
    }

    @Test
    void of_several_hours_that_were_missed_runs_the_last_or_each_as_it_says() {
        try (var clockwork =
                given.clockwork(ConsumerOperations.HOURLY, ConsumerOperations.EACH_HOUR)) {
            anHourLater();
            anHourLater();
            clockwork.turn();

            assertThat(given.noted().stream().filter(it -> it.startsWith("H"))).hasSize(1);
            assertThat(given.noted().stream().filter(it -> it.startsWith("E"))).hasSize(2);
        }
    }

    @Test
    void a_tick_that_was_overtaken_while_it_waited_is_let_go() {
        var scheduler = new ScheduleFunction(given.transaction("fv_dispatch"));
        var now = given.clock().instant();
        var hour = Timing.every(Duration.ofHours(1));
        var first = hour.after(now.minus(Duration.ofHours(2)));
        var second = hour.after(first);
        assertThat(plan(scheduler, first)).isEqualTo(1);
        assertThat(plan(scheduler, first)).as("the same tick").isZero();
        assertThat(plan(scheduler, second)).isEqualTo(1);

        try (var clockwork = given.clockwork(ConsumerOperations.HOURLY)) {
            clockwork.turn();
        }

        assertThat(given.noted()).hasSize(1);
        assertThat(given.deadLetters()).isEmpty();
    }

    @Test
    void runs_until_its_deadline_and_is_given_up_after_it() {
        var scheduler = new ScheduleFunction(given.transaction("fv_dispatch"));
        var due =
                Timing.every(Duration.ofHours(1))
                        .after(given.clock().instant().minus(Duration.ofHours(1)));
        plan(scheduler, due);
        given.clock()
                .move(Duration.between(given.clock().instant(), due).plusHours(3).plusMinutes(1));

        try (var clockwork = given.clockwork(ConsumerOperations.HOURLY)) {
            clockwork.turn();
        }

        assertThat(given.noted()).isEmpty();
        assertThat(given.deadLetters())
                .containsExactly("count-hours " + due.getEpochSecond() + " too-late DEAD");

        var inTime = due.plus(Duration.ofHours(1));
        plan(scheduler, inTime);
        try (var clockwork = given.clockwork(ConsumerOperations.HOURLY)) {
            clockwork.turn();
        }
        assertThat(given.noted()).hasSize(1);
    }

    @Test
    void works_in_parts_each_of_which_is_kept_when_it_is_killed_before_the_next() {
        try (var clockwork = given.clockwork(ConsumerOperations.IN_PARTS)) {
            ConsumerOperations.INSIDE.set(noted -> {
                if (noted.code().equals("P2")) {
                    throw new IllegalStateException("broken");
                }
            });
            anHourLater();
            clockwork.turn();
            assertThat(given.noted()).containsExactly("P1");

            ConsumerOperations.INSIDE.set(_ -> {});
            given.clock().move(Duration.ofMinutes(2));
            clockwork.turn();

            assertThat(given.noted()).containsExactly("P1", "P2", "P3");
            assertThat(given.deadLetters()).isEmpty();
        }
    }

    private Integer plan(ScheduleFunction scheduler, java.time.Instant at) {
        return scheduler.apply(new ScheduleFunction.Due(ConsumerOperations.HOURLY.name(), at));
    }

    private void anHourLater() {
        given.clock().move(Duration.ofHours(1));
    }
}
