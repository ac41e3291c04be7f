package com.fluxvantage.integrations;

/** What came of it here that a shop has cancelled an order. */
enum CancelOutcome {
    /** Nothing is sent. */
    CANCELLED,
    /** Picking had begun: a person decides. */
    TOO_LATE
}
