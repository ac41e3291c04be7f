package com.fluxvantage.runtime;

import org.jspecify.annotations.Nullable;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * The one connection of a sandbox: opened when first needed, looked at after a pause, replaced when
 * old or broken. A pool would hold one connection and a thread that is frozen between calls.
 */
public final class GuardedConnection implements AutoCloseable {
    /** Opens a connection under the operation's own login. */
    @FunctionalInterface
    public interface Opener {
        Connection open() throws SQLException;
    }

    private static final Duration OLDEST = Duration.ofMinutes(55);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final int SECONDS_TO_ANSWER = 1;

    private final Opener opener;
    private @Nullable Connection connection;
    private long openedAt;
    private long usedAt;

    public GuardedConnection(Opener opener) {
        this.opener = opener;
    }

    Connection get() throws SQLException {
        long now = System.nanoTime();
        if (connection != null && !isFit(connection, now)) {
            close();
        }
        if (connection == null) {
            connection = opener.open();
            openedAt = now;
        }
        usedAt = now;
        return connection;
    }

    private boolean isFit(Connection candidate, long now) throws SQLException {
        if (now - openedAt > OLDEST.toNanos()) {
            return false;
        }
        return now - usedAt <= LONGEST_PAUSE.toNanos()
                ? !candidate.isClosed()
                : candidate.isValid(SECONDS_TO_ANSWER);
    }

    /**
     * Also after a fault that leaves the connection's state in doubt; the next call opens another.
     */
    @Override
    public void close() {
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException _) {
                // It is being thrown away; the server ends what is left of it.
            }
            connection = null;
        }
    }
}
