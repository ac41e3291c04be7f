package com.fluxvantage.testing;

import org.jspecify.annotations.Nullable;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Properties;

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

    private record Spare(String url, String role, Connection connection) {}

    /** What a test holds of it, until it closes that. */
    private static final class Lent implements InvocationHandler {
        private final Spare spare;
        private boolean isOver;

        private Lent(Spare spare) {
            this.spare = spare;
        }

        @Override
        public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
                throws Throwable {
            switch (method.getName()) {
                case "close" -> {
                    if (!isOver) {
                        isOver = true;
                        comesBack(spare);
                    }
                    return null;
                }
                case "isClosed" -> {
                    return isOver || spare.connection.isClosed();
                }
                default -> {
                    if (isOver) {
                        throw new SQLException("this connection was closed", "08003");
                    }
                    try {
                        return method.invoke(spare.connection, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }
            }
        }
    }

    private SpareConnections() {}

    /** To be closed by whoever asked; what it has not committed is rolled back then. */
    static Connection lend(String url, String role) throws SQLException {
        for (var spare = idle(url, role); spare != null; spare = idle(url, role)) {
            try (var statement = spare.connection.createStatement()) {
                statement.execute(AS_NEW);
                return lent(spare);
            } catch (SQLException _) {
                // Its server was restarted meanwhile, or its process was ended.
                spare.connection.close();
            }
        }
        var settings = new Properties();
        settings.setProperty("user", role);
        settings.setProperty("password", "");
        settings.setProperty("assumeMinServerVersion", "17");
        settings.setProperty("ApplicationName", StatementLog.A_TEST);
        return lent(new Spare(url, role, DriverManager.getConnection(url, settings)));
    }

    private static Connection lent(Spare spare) {
        return (Connection)
                Proxy.newProxyInstance(
                        SpareConnections.class.getClassLoader(),
                        new Class<?>[] {Connection.class},
                        new Lent(spare));
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

    private static synchronized void comesBack(Spare spare) throws SQLException {
        if (spare.connection.isClosed()) {
            return;
        }
        if (!spare.connection.getAutoCommit()) {
            spare.connection.rollback();
            spare.connection.setAutoCommit(true);
        }
        IDLE.addFirst(spare);
        if (IDLE.size() > MOST_IDLE) {
            IDLE.removeLast().connection.close();
        }
    }
}
