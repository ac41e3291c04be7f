package com.fluxvantage.integrations;

/** Why no order was made of what a channel has sent. */
enum DeliveryProblem {
    /** An item of it is not in the catalogue, or not active. It is tried again each hour. */
    UNKNOWN_SKU,
    /** There is an order of this number already; which is meant, a person decides. */
    REFERENCE_TAKEN,
    /**
     * A shop's order goes nowhere: its address lacks something. Mended at the shop, it comes again.
     */
    BAD_ADDRESS,
    /** A shop's order has no number, no lines or too many, or an item without a SKU. */
    UNUSABLE_ORDER,
    /** It was announced five times and failed each time: a fault in it or in us. */
    UNUSABLE
}
