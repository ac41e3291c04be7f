package com.fluxvantage.kernel.operation;

/**
 * Thrown while an errand records: the lease that it took has ended and somebody else has taken it
 * since. Nothing is recorded; the message comes again and finds what is left to do.
 */
public final class LostLease extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LostLease() {
        super("another run has taken over", null, false, false);
    }
}
