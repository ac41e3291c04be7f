package com.fluxvantage.kernel.outside;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Keeps objects that nobody can change or remove before their time: S3's object lock in compliance
 * mode, which binds the account's own root as well. Safe for use by many threads.
 *
 * <p>All methods throw {@link Unreachable} when the store does not answer now, and {@link
 * IllegalArgumentException} for what the store would never take.
 */
public interface LockedObjects {
    /**
     * Keeps it until then, unless there is one under the key already: that one stays as it is.
     *
     * @param until in the future
     * @param days of the bucket's rules the one by which the object goes once its time is over
     * @return whether it was kept now; false where the key was taken
     */
    boolean keep(String key, String contentType, byte[] content, Instant until, int days);

    /** The newest version. */
    Optional<byte[]> get(String key);

    /** The newest versions of all whose keys begin so, in the order of their keys. */
    List<ObjectStore.Stored> list(String prefix);
}
