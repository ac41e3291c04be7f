package com.fluxvantage.lifecycle;

/** Where a legal hold stands. Only an active one keeps anything. */
enum HoldState {
    DRAFT,
    ACTIVE,
    RELEASED,
    DISCARDED
}
