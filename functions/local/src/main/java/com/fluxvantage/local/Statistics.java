package com.fluxvantage.local;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Keeps the planner informed while a day's tables grow from nothing. Autovacuum would come a minute
 * later, and until then each connection keeps the plans it made for empty tables, which read every
 * row of stock at each posting.
 */
final class Statistics {
    private static final long FIRST_LOOK = 40;

    private final LocalPostgres postgres;
    private final AtomicLong done = new AtomicLong();

    Statistics(LocalPostgres postgres) {
        this.postgres = postgres;
    }

    /** So much work was done; whenever all of it has doubled, the tables are looked at anew. */
    void grow(long by) {
        long after = done.addAndGet(by);
        if (looks(after) > looks(after - by)) {
            LocalPlatform.analyze(postgres);
        }
    }

    private static int looks(long done) {
        return Long.SIZE - Long.numberOfLeadingZeros(done / FIRST_LOOK);
    }
}
