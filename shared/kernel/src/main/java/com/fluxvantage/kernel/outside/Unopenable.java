package com.fluxvantage.kernel.outside;

/**
 * A stored secret was altered, or stands where it was not sealed for, or was sealed with a key that
 * is not one of ours. Which of them is not told, here or anywhere; to ask again changes nothing.
 */
public final class Unopenable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    // Without a cause: what a library says of a ciphertext may quote it.
    public Unopenable() {
        super("the secret does not open at this place");
    }
}
