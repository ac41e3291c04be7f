package com.fluxvantage.integrations;

import com.fluxvantage.kernel.outside.Shops.Reply;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/**
 * When a shop is called again after a call in vain: after a minute, then each time twice as long,
 * up to an hour. Spread by a quarter, and by the row and not by chance, so that a run can be
 * repeated. Never before the time that the shop has asked for.
 */
final class ShopSchedule {
    private static final Duration SHORTEST = Duration.ofMinutes(1);
    private static final Duration LONGEST = Duration.ofHours(1);

    private ShopSchedule() {}

    static Instant again(UUID row, int failures, Reply<?> reply, Instant now) {
        var wait = SHORTEST.multipliedBy(1L << Math.min(failures - 1, 6));
        var bounded = wait.compareTo(LONGEST) < 0 ? wait : LONGEST;
        long spread =
                bounded.toMillis() / 4 * Math.floorMod(row.hashCode() + 31L * failures, 100) / 100;
        var due = now.plus(bounded).plusMillis(spread);
        return reply instanceof Reply.Failed<?>(_, var notBefore)
                ? notBefore.map(now::plus).filter(due::isBefore).orElse(due)
                : due;
    }
}
