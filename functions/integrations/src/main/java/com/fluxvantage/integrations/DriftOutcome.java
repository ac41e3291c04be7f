package com.fluxvantage.integrations;

/** How the comparing of a night has ended. */
enum DriftOutcome {
    RUNNING,
    /** The shop shows what it was told. */
    SOUND,
    /** A little differed, and was told again. */
    MENDED,
    /**
     * More differed than the connection's limit: the shop is told nothing until a person accepts.
     */
    STOPPED,
    /** The shop did not answer. */
    UNREACHED
}
