package com.fluxvantage.runtime;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.InvalidValue;
import com.fluxvantage.kernel.operation.Mode;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.RestartTransaction;
import com.fluxvantage.kernel.sql.KernelTypes;

import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.ColonPrefixSqlParser;
import org.jdbi.v3.core.statement.SqlParser;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jspecify.annotations.Nullable;

import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * The only way to the database: one transaction, entered for the caller's tenant, read-only unless
 * the operation writes. A deadlock, a lock that did not come, or a lost connection starts the whole
 * transaction again; anything else rolls back and leaves.
 */
public final class TenantTransaction {
    /**
     * What happens inside; {@code search} counts from 1 how often buckets have been searched for.
     */
    @FunctionalInterface
    interface Work<T> {
        T run(Handle handle, int search);
    }

    private static final int RESTARTS = 2;

    /**
     * The limit of a call's transaction: another attempt with less time could outlive its function.
     */
    private static final long ONE_ATTEMPT_NANOS = 4_000_000_000L;

    private static final long SHORTEST_PAUSE_NANOS = 5_000_000;
    private static final Set<String> CONTENTION = Set.of("40001", "40P01", "55P03");

    // Statement, idle and transaction limits; memory, disk or connections used up; a disk
    // that fails.
    private static final Set<String> IN_NEED =
            Set.of("57014", "25P03", "25P04", "53000", "53100", "53200", "53300", "58030");
    private static final String READ_ONLY = "25006";

    // Of two sandboxes restored from one snapshot any other generator would choose the same pauses.
    private static final SecureRandom RANDOM = new SecureRandom();

    /** It keeps what it has parsed, which is the same for each operation of a process. */
    private static final SqlParser PARSER = new ColonPrefixSqlParser();

    private final GuardedConnection connection;
    private final Jdbi jdbi;

    public TenantTransaction(GuardedConnection connection) {
        this.connection = connection;
        this.jdbi =
                Jdbi.create(
                                new ConnectionFactory() {
                                    @Override
                                    public Connection openConnection() throws SQLException {
                                        return connection.get();
                                    }

                                    @Override
                                    public void closeConnection(Connection kept) {
                                        // The sandbox keeps it for the next call.
                                    }
                                })
                        .installPlugin(new KernelTypes());
        jdbi.getConfig(SqlStatements.class).setSqlParser(PARSER);
    }

    <T> T run(Operation<?, ?> operation, Entrance entrance, Work<T> work) {
        return restarting(
                operation.mode(),
                operation.timeLimit(),
                (handle, search) -> {
                    EnterFirst.on(handle, entrance);
                    return work.run(handle, search);
                });
    }

    /** For the authorizer, whose role sees nothing but one function, and for whoever is nobody. */
    <T> T runOutsideTenants(Operation<?, ?> operation, Work<T> work) {
        return restarting(operation.mode(), operation.timeLimit(), work);
    }

    /** Once, for nobody, in the tenant that holds nothing; nothing of it is ever kept. */
    <T> T prime(Operation<?, ?> operation, Entrance nobodys, Work<T> work) {
        return rehearse(
                operation,
                (handle, search) -> {
                    EnterFirst.on(handle, nobodys);
                    return work.run(handle, search);
                });
    }

    <T> T primeOutsideTenants(Operation<?, ?> operation, Work<T> work) {
        return rehearse(operation, work);
    }

    private <T> T rehearse(Operation<?, ?> operation, Work<T> work) {
        return once(
                operation.mode(),
                (handle, search) -> {
                    throw new Rollback(work.run(handle, search));
                },
                1);
    }

    /** For a role that sees what it needs by policies and functions of its own. */
    <T> T runOutsideTenants(Mode mode, Duration limit, Work<T> work) {
        return restarting(mode, limit, work);
    }

    private <T> T restarting(Mode mode, Duration limit, Work<T> work) {
        long end = System.nanoTime() + limit.toNanos();
        int restarts = 0;
        int search = 1;
        while (true) {
            try {
                return once(mode, work, search);
            } catch (RestartTransaction _) {
                search++;
                if (search > Call.SEARCHES) {
                    throw new ProblemFound(Problem.of(BoundaryProblem.RETRY_LATER));
                }
            } catch (RuntimeException e) {
                String state = sqlState(e);
                if (state == null || !(isLost(mode, state) || CONTENTION.contains(state))) {
                    throw problem(e, state);
                }
                if (++restarts > RESTARTS || end - System.nanoTime() < ONE_ATTEMPT_NANOS) {
                    throw new ProblemFound(Problem.of(BoundaryProblem.RETRY_LATER));
                }
                LockSupport.parkNanos(RANDOM.nextLong(SHORTEST_PAUSE_NANOS << restarts));
            }
        }
    }

    // A server that only reads under an operation that writes was the writer once: another
    // connection finds the one that is now.
    private static boolean isLost(Mode mode, String state) {
        return state.startsWith("08")
                || state.startsWith("57P")
                || (state.equals(READ_ONLY) && mode != Mode.READS);
    }

    private <T> T once(Mode mode, Work<T> work, int search) {
        boolean isHealthy = false;
        try (var handle = jdbi.open()) {
            handle.setReadOnly(mode == Mode.READS);
            handle.begin();
            try {
                T result = work.run(handle, search);
                handle.commit();
                isHealthy = true;
                return result;
            } catch (RestartTransaction | Rollback | InvalidValue e) {
                handle.rollback();
                isHealthy = true;
                throw e;
            } catch (RuntimeException e) {
                isHealthy = keepsConnection(e) && rolledBack(handle);
                throw e;
            }
        } catch (Rollback e) {
            @SuppressWarnings("unchecked") // thrown by the same work, which makes T
            T result = (T) e.result();
            return result;
        } finally {
            if (!isHealthy) {
                connection.close();
            }
        }
    }

    private static boolean rolledBack(Handle handle) {
        try {
            handle.rollback();
            return true;
        } catch (RuntimeException _) {
            return false; // The fault that led here is the one that is told.
        }
    }

    // After contention and broken rules the session is sound; after anything else it is in doubt.
    private static boolean keepsConnection(RuntimeException e) {
        String state = sqlState(e);
        return state != null
                && (CONTENTION.contains(state) || state.startsWith("23") || state.equals("FV403"));
    }

    private static RuntimeException problem(RuntimeException e, @Nullable String state) {
        if (state != null && IN_NEED.contains(state)) {
            return new ProblemFound(Problem.of(BoundaryProblem.RETRY_LATER));
        }
        return switch (state) {
            // A login that the server refuses has the same state, and is our fault and not
            // the caller's.
            case "28000" ->
                    e instanceof ConnectionException
                            ? e
                            : new ProblemFound(Problem.of(BoundaryProblem.UNAUTHENTICATED));
            case "FV403" -> new ProblemFound(Problem.of(BoundaryProblem.TENANT_STATE));
            case null, default -> e;
        };
    }

    static @Nullable String sqlState(Throwable from) {
        for (Throwable at = from; at != null; at = at.getCause()) {
            if (at instanceof SQLException sql) {
                return sql.getSQLState();
            }
        }
        return null;
    }

    /** Ends the transaction without a trace and answers {@code result} all the same: a refusal. */
    static final class Rollback extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient Object result;

        Rollback(Object result) {
            super("nothing is kept", null, false, false);
            this.result = result;
        }

        Object result() {
            return result;
        }
    }
}
