package com.fluxvantage.kernel.operation;

/**
 * The signal by which {@code handle} asks for the whole transaction again: the buckets it had
 * chosen no longer cover the need, and choosing anew while holding locks would break the lock
 * order. Only {@link Call#searchAgain()} makes one, and only the transaction catches it.
 */
public final class RestartTransaction extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RestartTransaction() {
        super("the transaction starts again", null, false, false);
    }
}
