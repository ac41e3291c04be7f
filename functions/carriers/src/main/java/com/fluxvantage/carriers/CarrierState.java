package com.fluxvantage.carriers;

/** Where a connection stands. */
enum CarrierState {
    ACTIVE,
    /** Over: its secrets are destroyed, and no label is bought through it. */
    ENDED
}
