package com.fluxvantage.outbound;

/** Why an order is cancelled. A closed list: a free text would name people. */
public enum CancelReason {
    CUSTOMER_REQUEST,
    OUT_OF_STOCK,
    DUPLICATE,
    FRAUD_SUSPECTED,
    /** There, and the shop has told it. */
    CANCELLED_IN_SHOP,
    OTHER
}
