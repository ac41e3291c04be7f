package com.fluxvantage.kernel.outside;

/**
 * Seals what a tenant entrusts to the platform, and opens it again where it was put. There is no
 * way to open without saying what is expected. Safe for use by many threads.
 */
public interface Secrets {
    /**
     * Encrypts it for this place; twice makes two ciphertexts, and both open.
     *
     * @throws Unreachable when the service that keeps the key does not answer now
     */
    SealedSecret seal(SecretContext context, Secret secret);

    /**
     * Decrypts what was sealed for exactly this place.
     *
     * @throws Unopenable when it was altered, or sealed for another place, or with another key
     * @throws Unreachable when the service that keeps the key does not answer now
     */
    Secret open(SecretContext context, SealedSecret sealed);
}
