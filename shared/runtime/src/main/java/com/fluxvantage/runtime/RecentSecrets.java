package com.fluxvantage.runtime;

import com.fluxvantage.kernel.outside.SealedSecret;
import com.fluxvantage.kernel.outside.Secret;
import com.fluxvantage.kernel.outside.SecretContext;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Secrets that this sandbox has opened within minutes, so that a shop in its busy hour does not ask
 * the key service for each delivery. By tenant, place, version and ciphertext: what was replaced is
 * not found, and what was destroyed is not asked for. Empty when a snapshot is taken, since nothing
 * is opened before. Used by one thread.
 */
final class RecentSecrets {
    private static final long LIFE_NANOS = Duration.ofMinutes(5).toNanos();
    private static final int MOST = 100;

    private record Key(SecretContext context, SealedSecret sealed) {}

    private record Opened(Secret secret, long at) {}

    private final Map<Key, Opened> opened = new LinkedHashMap<>();

    Secret get(SecretContext context, SealedSecret sealed, Supplier<Secret> opening) {
        var key = new Key(context, sealed);
        var known = opened.get(key);
        if (known != null && System.nanoTime() - known.at < LIFE_NANOS) {
            return known.secret;
        }
        opened.remove(key);
        var secret = opening.get();
        if (opened.size() >= MOST) {
            opened.remove(opened.keySet().iterator().next());
        }
        opened.put(key, new Opened(secret, System.nanoTime()));
        return secret;
    }
}
