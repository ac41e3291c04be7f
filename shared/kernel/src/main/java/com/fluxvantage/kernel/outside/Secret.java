package com.fluxvantage.kernel.outside;

import java.security.MessageDigest;

/**
 * A secret in the clear, for as long as a call needs it. It prints as {@code ***}, has no field
 * that a mapper could write, and is equal to nothing but the same bytes, in constant time.
 */
public final class Secret {
    /** A credential of the longest sort, a private key in text, has 3 kB. */
    public static final int LARGEST_BYTES = 4096;

    private final byte[] bytes;

    private Secret(byte[] bytes) {
        this.bytes = bytes;
    }

    public static Secret of(byte[] bytes) {
        if (bytes.length == 0 || bytes.length > LARGEST_BYTES) {
            throw new IllegalArgumentException("a secret has 1 to " + LARGEST_BYTES + " bytes");
        }
        return new Secret(bytes.clone());
    }

    /** For what signs, verifies or sends it. Nothing else asks. */
    public byte[] reveal() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret they && MessageDigest.isEqual(bytes, they.bytes);
    }

    /** One for all: a hash of it would tell something of it. */
    @Override
    public int hashCode() {
        return 1;
    }

    @Override
    public String toString() {
        return "***";
    }
}
