package com.fluxvantage.integrations;

/** Why no order is to be made of what a channel has sent. */
enum DropReason {
    /** It came another way already. */
    DUPLICATE,
    CANCELLED_IN_SHOP,
    TEST_ORDER,
    /** Whom it tells of has asked to be forgotten. */
    ERASURE
}
