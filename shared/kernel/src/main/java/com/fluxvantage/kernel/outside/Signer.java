package com.fluxvantage.kernel.outside;

/** Signs digests with keys that nobody can take away. Signing again makes another signature. */
public interface Signer {
    /** Bytes of a SHA-256 digest. */
    int DIGEST_BYTES = 32;

    /**
     * Signs a digest, not a message: a message of any length has one.
     *
     * @param sha256 {@link #DIGEST_BYTES} long
     * @throws Unreachable when the service does not answer now
     */
    Signature sign(SigningPurpose purpose, byte[] sha256);

    /** The key that would sign now, for whoever verifies without us. */
    SigningKey key(SigningPurpose purpose);
}
