package com.fluxvantage.migrations;

import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A database that may have a fault, seen by any of its logins on one connection and in one
 * transaction, so that the fault and all that was tried on it are undone at once. What a login is
 * comes from {@code set session authorization}: PostgreSQL judges it by the same rights as if it
 * had logged in.
 */
final class Suspect implements AutoCloseable {
    /** What came of an attempt: the rows of its last statement, or why it was refused. */
    record Answer(String text, boolean isRefused) {
        /** {@code SQLSTATE sentence} of a refusal; rows after the word allowed. */
        String said() {
            return isRefused ? text : ("allowed " + text).strip();
        }
    }

    private final Connection superuser;

    Suspect(Database database) {
        superuser = database.superuser();
        try {
            // A named statement would be planned on the table as it was before the fault.
            superuser.unwrap(PGConnection.class).setPrepareThreshold(0);
            superuser.setAutoCommit(false);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** One row a line, columns joined by a blank. */
    List<String> rows(String sql) {
        try {
            return rowsOf(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage() + " in " + sql, e);
        }
    }

    String one(String sql) {
        return String.join("\n", rows(sql));
    }

    /** As the login, one statement after the other; afterwards as if nothing had been tried. */
    Answer attempt(String login, String... statements) {
        try {
            superuser.createStatement().execute("savepoint attempt");
            try {
                var sql = new ArrayList<String>();
                sql.add("set local session authorization " + login);
                sql.addAll(Arrays.asList(statements));
                return new Answer(String.join("\n", rowsOf(String.join("; ", sql))), false);
            } catch (SQLException e) {
                return new Answer(e.getSQLState() + " " + e.getMessage(), true);
            } finally {
                superuser.createStatement().execute("rollback to savepoint attempt");
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    void undo() {
        try {
            superuser.rollback();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try {
            superuser.rollback();
            superuser.close();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<String> rowsOf(String sql) throws SQLException {
        try (var statement = superuser.createStatement()) {
            List<String> last = List.of();
            boolean hasRows = statement.execute(sql);
            // Counted, since a call answers like the end of all answers.
            for (int left = sql.split(";").length; left > 0; left--) {
                if (hasRows || statement.getUpdateCount() != -1) {
                    last = hasRows ? read(statement) : List.of();
                }
                hasRows = statement.getMoreResults();
            }
            return last;
        }
    }

    private static List<String> read(Statement statement) throws SQLException {
        try (var rows = statement.getResultSet()) {
            int columns = rows.getMetaData().getColumnCount();
            var found = new ArrayList<String>();
            while (rows.next()) {
                var row = new ArrayList<String>();
                for (int column = 1; column <= columns; column++) {
                    @Nullable String value = rows.getString(column);
                    row.add(value == null ? "" : value);
                }
                found.add(String.join(" ", row));
            }
            return found;
        }
    }
}
