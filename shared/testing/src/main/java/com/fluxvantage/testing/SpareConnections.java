package com.fluxvantage.testing;

import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGConnectionPoolDataSource;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

import javax.sql.ConnectionEvent;
import javax.sql.ConnectionEventListener;
import javax.sql.PooledConnection;

/**
 * A test's own connections are lent and come back: a new one costs the server a process that has to
 * read the catalogue before it can plan anything, 20 to 60 ms, and tests look behind the policies
 * thousands of times. What the product opens is never taken from here.
 */
final class SpareConnections {
    private static final int MOST_IDLE = 8;

    /** What the one before may have set; a connection that cannot do it is of no more use. */
    private static final String AS_NEW =
            "reset session authorization; reset all; select pg_advisory_unlock_all()";

    private static final Deque<Spare> IDLE = new ArrayDeque<>();

    private record Spare(String url, String role, PooledConnection connection) {}

    private SpareConnections() {}

    /** To be closed by whoever asked; what it has not committed is rolled back then. */
    static Connection lend(String url, String role) throws SQLException {
        while (true) {
            var spare = idle(url, role);
            if (spare == null) {
                return lend(open(url, role));
            }
            var lent = lend(spare);
            try (var statement = lent.createStatement()) {
                statement.execute(AS_NEW);
                return lent;
            } catch (SQLException _) {
                // Its server was restarted meanwhile, or its process ended. It is not idle again.
                spare.connection.close();
            }
        }
    }

    private static Connection lend(Spare spare) throws SQLException {
        return spare.connection.getConnection();
    }

    private static synchronized @Nullable Spare idle(String url, String role) {
        for (Iterator<Spare> each = IDLE.iterator(); each.hasNext(); ) {
            var spare = each.next();
            if (spare.url.equals(url) && spare.role.equals(role)) {
                each.remove();
                return spare;
            }
        }
        return null;
    }

    private static Spare open(String url, String role) throws SQLException {
        var source = new PGConnectionPoolDataSource();
        source.setUrl(url);
        source.setUser(role);
        source.setPassword("");
        source.setAssumeMinServerVersion("17");
        source.setApplicationName(StatementLog.A_TEST);
        var spare = new Spare(url, role, source.getPooledConnection());
        spare.connection.addConnectionEventListener(
                new ConnectionEventListener() {
                    @Override
                    public void connectionClosed(ConnectionEvent event) {
                        keep(spare);
                    }

                    @Override
                    public void connectionErrorOccurred(ConnectionEvent event) {
                        // Seen when it is lent the next time.
                    }
                });
        return spare;
    }

    private static void keep(Spare spare) {
        Spare tooMany = null;
        synchronized (SpareConnections.class) {
            IDLE.addFirst(spare);
            if (IDLE.size() > MOST_IDLE) {
                tooMany = IDLE.removeLast();
            }
        }
        if (tooMany != null) {
            close(tooMany);
        }
    }

    private static void close(Spare spare) {
        try {
            spare.connection.close();
        } catch (SQLException _) {
            // Gone already, with its server.
        }
    }
}
