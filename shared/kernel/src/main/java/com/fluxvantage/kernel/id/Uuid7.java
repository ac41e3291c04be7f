package com.fluxvantage.kernel.id;

import java.security.SecureRandom;
import java.util.UUID;

/** Time-ordered UUIDs, version 7 of RFC 9562, so that new rows land at the end of their index. */
public final class Uuid7 {
    // SecureRandom is reseeded after a function's snapshot is restored; other generators repeat.
    private static final SecureRandom RANDOM = new SecureRandom();

    private Uuid7() {}

    public static UUID next() {
        long millis = System.currentTimeMillis();
        byte[] random = new byte[10];
        RANDOM.nextBytes(random);
        long high = (millis << 16) | 0x7000L | ((random[0] & 0x0fL) << 8) | (random[1] & 0xffL);
        long low = 0;
        for (int at = 2; at < 10; at++) {
            low = (low << 8) | (random[at] & 0xffL);
        }
        return new UUID(high, (low & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L);
    }
}
