package com.fluxvantage.kernel.operation;

/** What a transaction of an operation may do. PostgreSQL enforces it, not only this code. */
public enum Mode {
    /** A read-only transaction under a role that cannot write. */
    READS,
    /** Reads data of people; the read itself is recorded in the same transaction. */
    READS_AUDITED,
    /** Changes something: idempotent by key, audited, its events in the same transaction. */
    WRITES,
    /** The authorizer: no tenant is entered, it may call one function of the database. */
    AUTHORIZES
}
