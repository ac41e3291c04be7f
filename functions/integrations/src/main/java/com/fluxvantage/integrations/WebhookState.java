package com.fluxvantage.integrations;

/** How an endpoint stands. */
enum WebhookState {
    ENABLED,
    /** Nothing is sent; what would have been is listed as missed. */
    DISABLED,
    REMOVED
}
