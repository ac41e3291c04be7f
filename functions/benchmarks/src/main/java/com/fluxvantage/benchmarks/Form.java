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
    /** Some minutes. Turns are short and many, so that a neighbour disturbs few of them. */
    static final Form SMALL =
            new Form("small", 5, 15, 4_000, 300, Duration.ofSeconds(1), 40, 1_000_000);

    /** Half an hour. */
    static final Form FULL =
            new Form("full", 11, 41, 10_000, 1_000, Duration.ofSeconds(2), 100, 1_000_000);
}
