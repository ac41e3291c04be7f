package com.fluxvantage.kernel.operation;

import com.fluxvantage.kernel.outside.SigningPurpose;

/**
 * What an operation needs beyond its own database transaction. The function's rights are derived
 * from it by an exhaustive switch, so a new capability does not compile until somebody has decided
 * on it.
 */
public sealed interface Capability {
    /** Fetches the identity provider's public keys: the function sits where there is a way out. */
    record ReachesIdentityProvider() implements Capability {}

    /** Reads the key that tenant proofs are signed with. */
    record ReadsProofKey() implements Capability {}

    /** Signs digests with the key of this purpose, and no other. */
    record Signs(SigningPurpose purpose) implements Capability {}
}
