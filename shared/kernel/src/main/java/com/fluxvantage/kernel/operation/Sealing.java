package com.fluxvantage.kernel.operation;

import com.fluxvantage.kernel.outside.SealedSecret;
import com.fluxvantage.kernel.outside.Secret;
import com.fluxvantage.kernel.outside.SecretPlace;

/**
 * The secret that a request brings, and where it will be stored. The boundary seals it once the
 * caller is known to be allowed, and before the transaction begins, which therefore waits for no
 * service; {@code handle} finds it with {@link Call#sealed()}. A call that is repeated or refused
 * throws away what was sealed.
 */
@FunctionalInterface
public interface Sealing<Q> {
    Brought brought(Q request);

    /** The row of the place is made here, and is the id of what {@code handle} will insert. */
    record Brought(SecretPlace place, Secret secret) {}

    /** What is to be stored, and where alone it opens. */
    record Sealed(SecretPlace place, SealedSecret secret) {}
}
