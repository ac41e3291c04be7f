package com.fluxvantage.integrations;

/** How far a delivery has come. */
enum WebhookDeliveryState {
    PENDING,
    DELIVERED,
    /** All attempts were in vain. */
    FAILED,
    /** Its endpoint was disabled. */
    MISSED
}
