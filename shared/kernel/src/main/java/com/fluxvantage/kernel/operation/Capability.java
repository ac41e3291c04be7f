package com.fluxvantage.kernel.operation;

import com.fluxvantage.kernel.outside.Bucket;
import com.fluxvantage.kernel.outside.DatabaseLogin;
import com.fluxvantage.kernel.outside.SecretPurpose;
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

    /** Puts, reads, lists and removes objects of the tenant it runs for, in this bucket. */
    record StoresObjects(Bucket bucket) implements Capability {
        public StoresObjects {
            if (bucket.isLocked()) {
                throw new IllegalArgumentException("what this bucket keeps is not removed");
            }
        }
    }

    /** Keeps objects of the tenant it runs for in this locked bucket, and reads them; none goes. */
    record KeepsObjects(Bucket bucket) implements Capability {
        public KeepsObjects {
            if (!bucket.isLocked()) {
                throw new IllegalArgumentException("nothing is locked in this bucket");
            }
        }
    }

    /** Makes links to objects of its caller's tenant in this bucket; it reads none itself. */
    record LinksObjects(Bucket bucket) implements Capability {}

    /** Logs in to the database under a second login, which may do what the first may not. */
    record LogsInAs(DatabaseLogin login) implements Capability {}

    /** Posts to addresses that tenants have named: the function sits where there is a way out. */
    record PostsWebhooks() implements Capability {}

    /** Asks carriers for labels: the function sits where there is a way out. */
    record AsksCarriers() implements Capability {}

    /** Calls shops that tenants have connected: the function sits where there is a way out. */
    record CallsShops() implements Capability {}

    /** Sees what the database could be restored from; it can restore and remove nothing. */
    record SeesBackups() implements Capability {}

    /** Sends letters from the platform's templates. */
    record SendsMail() implements Capability {}

    /** Seals secrets of this purpose; it can open none. */
    record SealsSecrets(SecretPurpose purpose) implements Capability {}

    /** Opens the tenant's secrets of this purpose. */
    record OpensSecrets(SecretPurpose purpose) implements Capability {}
}
