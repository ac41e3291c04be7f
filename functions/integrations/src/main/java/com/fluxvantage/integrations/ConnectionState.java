package com.fluxvantage.integrations;

/** Where a connection stands. */
enum ConnectionState {
    ACTIVE,
    /** What comes in is kept and waits. */
    PAUSED,
    /** Over: its secret is destroyed and nothing comes in. */
    ENDED
}
