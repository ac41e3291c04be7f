package com.fluxvantage.kernel.outside;

/**
 * Keeps objects by key and every version of each. An object that is put again under its key hides
 * the one before it; only {@link #deleteAll} makes any of them go. Safe for use by many threads.
 *
 * <p>All methods throw {@link Unreachable} when the store does not answer now, and {@link
 * IllegalArgumentException} for what the store would never take.
 */
public interface ObjectStore extends Links, LockedObjects {
    /** Of a key, in UTF-8. */
    int LONGEST_KEY_BYTES = 1024;

    /** What is put at once is held in memory; what is larger is several objects. */
    int LARGEST_BYTES = 64 * 1024 * 1024;

    /** As many versions go in one call of {@link #deleteAll}. */
    int MOST_DELETED = 10_000;

    /**
     * Keeps it, and has the store compare its SHA-256 with what arrived: what was torn on the way
     * is refused.
     */
    void put(String key, String contentType, byte[] content);

    /**
     * Removes every version of every object whose key begins so, {@link #MOST_DELETED} at most.
     * Repeated until nothing is left it has no other effect than once.
     */
    Deleted deleteAll(String prefix);

    /**
     * One object as a list shows it.
     *
     * @param bytes its size
     */
    record Stored(String key, long bytes) {}

    /**
     * What a deletion has removed.
     *
     * @param more whether there is something left
     */
    record Deleted(int versions, boolean more) {}
}
