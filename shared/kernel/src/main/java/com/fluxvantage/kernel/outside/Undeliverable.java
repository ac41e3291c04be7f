package com.fluxvantage.kernel.outside;

/** The service will not send to this address; to ask again changes nothing. Says not which. */
public final class Undeliverable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public Undeliverable() {
        super("the service sends nothing to this address");
    }
}
