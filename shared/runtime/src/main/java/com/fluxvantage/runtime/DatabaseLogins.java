package com.fluxvantage.runtime;

import com.fluxvantage.kernel.operation.Mode;
import com.fluxvantage.kernel.outside.DatabaseLogin;
import com.fluxvantage.kernel.outside.Transactions;
import com.fluxvantage.kernel.outside.Unreachable;

import org.jdbi.v3.core.Handle;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;

/**
 * The second logins of one operation: a connection each, opened when it is first needed. Which
 * logins there are is said by the operation's descriptor; here nobody asks.
 */
public final class DatabaseLogins implements Transactions.Logins, AutoCloseable {
    // One attempt: whoever works in batches comes again by itself, with a smaller one.
    private static final Duration NO_RESTARTS = Duration.ZERO;

    private final DatabaseSettings database;
    private final String operation;
    private final Map<DatabaseLogin, GuardedConnection> connections =
            new EnumMap<>(DatabaseLogin.class);

    public DatabaseLogins(DatabaseSettings database, String operation) {
        this.database = database;
        this.operation = operation;
    }

    @Override
    public Transactions as(DatabaseLogin login) {
        var connection =
                connections.computeIfAbsent(
                        login, it -> new GuardedConnection(database.opener(it.role(), operation)));
        var transaction = new TenantTransaction(connection);
        return new Transactions() {
            @Override
            public <T> T once(Function<Handle, T> work) {
                try {
                    return transaction.runOutsideTenants(
                            Mode.WRITES, NO_RESTARTS, (handle, _) -> work.apply(handle));
                } catch (ProblemFound e) {
                    if (e.problem().code().equals(BoundaryProblem.RETRY_LATER.code())) {
                        throw new Unreachable("the database", e);
                    }
                    throw e;
                }
            }
        };
    }

    @Override
    public void close() {
        connections.values().forEach(GuardedConnection::close);
    }
}
