package com.fluxvantage.integrations;

/** How a channel and we talk. */
enum ChannelKind {
    /** It sends us orders in our own schema, and signs each delivery. */
    SIGNED_PUSH,
    /** A shop that runs Vendure: we call it, fetch its orders and tell it what has left. */
    VENDURE
}
