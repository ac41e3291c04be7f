package com.fluxvantage.runtime;

import com.fluxvantage.kernel.outside.Backups;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What a database on this machine could be restored from: nothing, until somebody says that it is
 * backed up for so many days or takes a snapshot. Thread-safe.
 */
public final class LocalBackups implements Backups {
    private final Clock clock;
    private final List<Instant> snapshots = new ArrayList<>();
    private Duration kept = Duration.ZERO;

    LocalBackups(Clock clock) {
        this.clock = clock;
    }

    @Override
    public synchronized Standing standing() {
        return new Standing(clock.instant().minus(kept), snapshots);
    }

    /** From now on the last so many days can be restored. */
    public synchronized void keep(Duration days) {
        kept = days;
    }

    /** Takes one that stays until it is removed. */
    public synchronized void takeSnapshot() {
        snapshots.add(clock.instant());
    }

    public synchronized void removeSnapshots() {
        snapshots.clear();
    }
}
