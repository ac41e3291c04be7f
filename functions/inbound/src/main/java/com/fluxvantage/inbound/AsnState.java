package com.fluxvantage.inbound;

/** How far an announcement has come. */
enum AsnState {
    EXPECTED,
    ARRIVED,
    RECEIVING,
    RECEIVED,
    CLOSED,
    CANCELLED
}
