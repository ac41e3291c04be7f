package com.fluxvantage.benchmarks;

import java.time.Duration;

/**
 * How much is measured.
 *
 * @param coldRounds how often each function is started
 * @param warmRounds how often one that runs takes its turn with what it is compared with
 * @param warmUp calls before the first that counts, at least
 * @param calls of one turn, which ends within the two minutes that a proof is good for
 * @param yardstick how long a turn of pgbench is
 * @param orders allocated in one turn, over each ledger
 * @param movements in the ledger that has grown
 */
record Form(
        String name,
        int coldRounds,
        int warmRounds,
        int warmUp,
        int calls,
        Duration yardstick,
        int orders,
        int movements) {
    /** Some minutes. */
    static final Form SMALL =
            new Form("small", 5, 5, 4_000, 2_000, Duration.ofSeconds(3), 150, 1_000_000);

    /** Some twenty minutes. */
    static final Form FULL =
            new Form("full", 11, 11, 10_000, 5_000, Duration.ofSeconds(10), 500, 1_000_000);
}
