package com.fluxvantage.integrations;

/** What of a shop is compared at night, in this order. */
enum NightPhase {
    ORDERS,
    SHIPMENTS,
    STOCK
}
