package com.fluxvantage.dispatch;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * One start of the relay: rounds without a pause while there is something to carry, and one round a
 * second while there is not, for most of a minute. The next minute has a start of its own, so an
 * event usually leaves within a second and after a start that failed within a minute.
 */
final class RelayTurn {
    /** From one start to the next is a minute; the rest is for the last round. */
    static final Duration POLLS = Duration.ofSeconds(50);

    static final Duration PAUSE = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger("com.fluxvantage.relay");

    private final IntSupplier round;
    private final Duration polls;
    private final LongSupplier nanos;
    private final LongConsumer pause;

    /** {@code round} carries once and says how many events went. */
    RelayTurn(IntSupplier round, Duration polls) {
        this(round, polls, System::nanoTime, LockSupport::parkNanos);
    }

    RelayTurn(IntSupplier round, Duration polls, LongSupplier nanos, LongConsumer pause) {
        this.round = round;
        this.polls = polls;
        this.nanos = nanos;
        this.pause = pause;
    }

    /** Answers how many events went. */
    int run() {
        long end = nanos.getAsLong() + polls.toNanos();
        int rounds = 0;
        int carried = 0;
        do {
            int went = round.getAsInt();
            rounds++;
            carried += went;
            if (went == 0) {
                pause.accept(PAUSE.toNanos());
            }
        } while (nanos.getAsLong() < end);
        LOG.atInfo()
                .addKeyValue("rounds", rounds)
                .addKeyValue("carried", carried)
                .log("relay-turn");
        return carried;
    }
}
