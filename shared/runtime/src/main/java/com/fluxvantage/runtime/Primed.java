package com.fluxvantage.runtime;

/** A function that can rehearse one call before its snapshot is taken. */
interface Primed {
    /**
     * Runs {@code call}, which brings the event of {@link Priming} to this function, so that
     * everything on the way is loaded. Nothing of it is kept.
     *
     * @throws RuntimeException when the call did not get as far as the operation: no restored one
     *     would
     */
    void prime(Runnable call);
}
