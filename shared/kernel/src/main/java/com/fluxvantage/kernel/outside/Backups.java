package com.fluxvantage.kernel.outside;

import java.time.Instant;
import java.util.List;

/** Tells what the database could be restored from. Whoever asks can restore and remove nothing. */
@FunctionalInterface
public interface Backups {
    /**
     * As it is now.
     *
     * @throws Unreachable when the service does not answer now
     */
    Standing standing();

    /**
     * What there is.
     *
     * @param restorableFrom from this moment on the database can be restored to any other
     * @param snapshots when each was taken that can be restored by itself
     */
    record Standing(Instant restorableFrom, List<Instant> snapshots) {
        public Standing {
            snapshots = List.copyOf(snapshots);
        }
    }
}
