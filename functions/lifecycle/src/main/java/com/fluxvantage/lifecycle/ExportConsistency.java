package com.fluxvantage.lifecycle;

/** Of which moment the tables of an export are. */
enum ExportConsistency {
    /** Nothing could be written while it ran: all tables are of one moment. */
    FROZEN,
    /**
     * Each table is of the time at which it was read, up to the newest row of when it was planned.
     */
    PER_TABLE;

    static ExportConsistency of(boolean isFrozen) {
        return isFrozen ? FROZEN : PER_TABLE;
    }
}
