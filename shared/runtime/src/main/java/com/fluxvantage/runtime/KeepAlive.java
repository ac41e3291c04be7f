package com.fluxvantage.runtime;

/**
 * The weekly call that keeps a function's snapshot from being dropped. It is answered before
 * anything is decoded, without a caller and without the database. The gateway never sends it: the
 * resource of a request is one of the contract's routes.
 */
public final class KeepAlive {
    /** What the call carries in place of a route. */
    public static final String RESOURCE = "/keep-alive";

    private KeepAlive() {}
}
