package com.fluxvantage.kernel.outside;

/**
 * A secret as it is stored: authenticated ciphertext, bound to its {@link SecretContext}. It prints
 * as {@code ***} all the same, for nobody learns anything from it.
 */
public final class SealedSecret {
    /** The largest secret with everything around it. */
    public static final int LARGEST_BYTES = Secret.LARGEST_BYTES + 1024;

    private final Bytes bytes;

    private SealedSecret(Bytes bytes) {
        this.bytes = bytes;
    }

    /** What stands in the column; whether it is one turns out when it is opened. */
    public static SealedSecret of(byte[] bytes) {
        return new SealedSecret(Bytes.of(bytes));
    }

    public byte[] toArray() {
        return bytes.toArray();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SealedSecret they && bytes.equals(they.bytes);
    }

    @Override
    public int hashCode() {
        return bytes.hashCode();
    }

    @Override
    public String toString() {
        return "***";
    }
}
