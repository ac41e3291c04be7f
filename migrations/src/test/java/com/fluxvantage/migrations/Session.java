package com.fluxvantage.migrations;

import org.jspecify.annotations.Nullable;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** One connection under one login, with transactions that the test begins and ends. */
final class Session implements AutoCloseable {
    private final Database database;
    private final Connection connection;
    private final String role;
    private final boolean isShared;

    private Session(Database database, String role, boolean isShared) {
        this.database = database;
        this.connection = isShared ? database.idle(role) : database.as(role);
        this.role = role;
        this.isShared = isShared;
        try {
            connection.setAutoCommit(false);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    static Session of(Database database, String role) {
        return new Session(database, role, false);
    }

    /** On a connection that others have had and will have, as behind a pool. */
    static Session shared(Database database, String role, UUID tenant) {
        return new Session(database, role, true).enter(tenant);
    }

    /** In a transaction of the tenant, as a caller's operation is. */
    static Session in(Database database, String role, UUID tenant) {
        return of(database, role).enter(tenant);
    }

    Connection connection() {
        return connection;
    }

    Session enter(UUID tenant) {
        if (role.equals("fv_worker")) {
            rows("select tenant from fv.delegate_job('sweep-empty-buckets', ?)", tenant);
            return this;
        }
        var audience = role.equals("fv_platform") ? "platform" : "api";
        return enter(Proof.of(tenant).forAudience(audience).text());
    }

    Session enter(@Nullable String proof) {
        rows("select tenant from fv.enter(?, 'read')", proof);
        return this;
    }

    /** The rows as texts, columns joined by a blank; null is an empty text. */
    List<String> rows(String sql, @Nullable Object... arguments) {
        try (var statement = prepare(sql, arguments)) {
            if (!statement.execute()) {
                return List.of();
            }
            try (var rows = statement.getResultSet()) {
                int columns = rows.getMetaData().getColumnCount();
                var found = new ArrayList<String>();
                while (rows.next()) {
                    var row = new ArrayList<String>();
                    for (int column = 1; column <= columns; column++) {
                        var value = rows.getString(column);
                        row.add(value == null ? "" : value);
                    }
                    found.add(String.join(" ", row));
                }
                return found;
            }
        } catch (SQLException e) {
            throw new Refused(e);
        }
    }

    String one(String sql, @Nullable Object... arguments) {
        var rows = rows(sql, arguments);
        if (rows.size() != 1) {
            throw new AssertionError("one row: " + rows);
        }
        return rows.getFirst();
    }

    long number(String sql, @Nullable Object... arguments) {
        return Long.parseLong(one(sql, arguments));
    }

    /** How many rows it changed. */
    int change(String sql, @Nullable Object... arguments) {
        try (var statement = prepare(sql, arguments)) {
            return statement.executeUpdate();
        } catch (SQLException e) {
            throw new Refused(e);
        }
    }

    /** What the statement is refused with: SQLSTATE and sentence. The transaction is over then. */
    String refusal(String sql, @Nullable Object... arguments) {
        try {
            rows(sql, arguments);
        } catch (Refused refused) {
            rollback();
            return refused.getMessage();
        }
        throw new AssertionError("allowed: " + sql);
    }

    void commit() {
        try {
            connection.commit();
        } catch (SQLException e) {
            throw new Refused(e);
        }
    }

    void rollback() {
        try {
            connection.rollback();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try {
            connection.rollback();
            if (isShared) {
                database.giveBack(role, connection);
            } else {
                connection.close();
            }
        } catch (SQLException _) {
            // The test has seen what it wanted to see.
        }
    }

    private PreparedStatement prepare(String sql, @Nullable Object... arguments)
            throws SQLException {
        var statement = connection.prepareStatement(sql);
        for (int at = 0; at < arguments.length; at++) {
            switch (arguments[at]) {
                case Instant instant ->
                        statement.setObject(at + 1, instant.atOffset(ZoneOffset.UTC));
                case UUID[] ids ->
                        statement.setArray(at + 1, connection.createArrayOf("uuid", ids));
                case Long[] numbers ->
                        statement.setArray(at + 1, connection.createArrayOf("bigint", numbers));
                case null, default -> statement.setObject(at + 1, arguments[at]);
            }
        }
        return statement;
    }

    /** What the database answered instead. */
    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final String state;

        Refused(SQLException cause) {
            super(cause.getSQLState() + " " + cause.getMessage(), cause);
            state = String.valueOf(cause.getSQLState());
        }

        @Override
        public String getMessage() {
            return String.valueOf(super.getMessage());
        }

        String state() {
            return state;
        }
    }
}
