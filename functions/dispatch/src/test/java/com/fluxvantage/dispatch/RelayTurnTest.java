package com.fluxvantage.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;

/** One start of the relay, on a clock that only its pauses and its rounds move. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class RelayTurnTest {
    private final List<Duration> pauses = new ArrayList<>();
    private long now;
    private int rounds;

    @Test
    void asks_once_a_second_for_most_of_a_minute_while_nothing_waits() {
        assertThat(turn(() -> 0)).isZero();

        assertThat(rounds).isEqualTo(50);
        assertThat(pauses).hasSize(50).containsOnly(Duration.ofSeconds(1));
    }

    @Test
    void takes_no_pause_while_there_is_something_to_carry() {
        int carried = turn(() -> rounds <= 20 ? 500 : 0);

        assertThat(carried).isEqualTo(10_000);
        assertThat(pauses).hasSize(rounds - 20);
    }

    @Test
    void begins_no_round_after_its_time_and_finishes_the_one_it_has_begun() {
        turn(() -> {
            now += Duration.ofSeconds(30).toNanos();
            return 500;
        });

        assertThat(rounds).isEqualTo(2);
    }

    @Test
    void the_longest_turn_ends_before_the_function_is_ended() {
        // A round leases, talks for half a lease at most, and marks; each transaction has 30 s.
        var longestRound = Duration.ofSeconds(30);

        assertThat(RelayTurn.POLLS.plus(longestRound))
                .isLessThan(PlatformFunction.RELAY.timeLimit());
        assertThat(RelayTurn.POLLS).isLessThan(Duration.ofMinutes(1));
    }

    @Test
    void a_round_that_fails_ends_the_turn_and_is_seen() {
        assertThatThrownBy(() ->
                        turn(() -> {
                            throw new IllegalStateException("no database");
                        }))
                .hasMessage("no database");
        assertThat(rounds).isOne();
    }

    private int turn(IntSupplier round) {
        return new RelayTurn(
                        () -> {
                            rounds++;
                            return round.getAsInt();
                        },
                        RelayTurn.POLLS,
                        () -> now,
                        nanos -> {
                            pauses.add(Duration.ofNanos(nanos));
                            now += nanos;
                        })
                .run();
    }
}
