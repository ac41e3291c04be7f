package com.fluxvantage.kernel.outside;

/**
 * A service outside does not answer, or asks to come later. The errand is repeated; of its parts
 * only the middle one has happened, perhaps.
 */
public final class Unreachable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public Unreachable(String service, Throwable cause) {
        super(service + " cannot be reached", cause);
    }
}
