package com.fluxvantage.kernel.outside;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * The signatures that were good, the latest {@link #MOST}. Whether a key has signed a digest never
 * changes, and nothing of a tenant is in it. What was not good is asked again.
 */
final class VerifiedBefore {
    /** All hourly signatures of five months; about two megabytes. */
    static final int MOST = 4_096;

    /** By this key, this digest, with this signature. */
    record Signed(Bytes spki, Bytes sha256, Bytes der) {}

    private final Map<Signed, Boolean> good =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Signed, Boolean> eldest) {
                    return size() > MOST;
                }
            };

    boolean isOrBecomes(Signed signed, BooleanSupplier verified) {
        synchronized (good) {
            if (good.containsKey(signed)) {
                return true;
            }
        }
        boolean isGood = verified.getAsBoolean();
        if (isGood) {
            synchronized (good) {
                good.put(signed, true);
            }
        }
        return isGood;
    }
}
