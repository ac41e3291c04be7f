package com.fluxvantage.runtime;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fluxvantage.kernel.operation.Operation;

import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;

/**
 * Runs operations in this process as the cloud runs them: a sandbox serves one call at a time and
 * keeps its connection, another is made when all are busy, up to a limit.
 */
public final class Sandboxes implements AutoCloseable {
    private record Sandbox(OperationFunction<?, ?> function, GuardedConnection connection) {}

    private record Pool(ConcurrentLinkedDeque<Sandbox> idle, Semaphore places) {}

    private final DatabaseSettings database;
    private final PlatformSecret secret;
    private final Clock clock;
    private final int mostEach;
    private final Map<String, Pool> pools = new ConcurrentHashMap<>();

    /**
     * Makes none yet: a sandbox is opened by the first call that needs it.
     *
     * @param mostEach how many calls of one operation run at once; more wait
     */
    public Sandboxes(DatabaseSettings database, PlatformSecret secret, Clock clock, int mostEach) {
        this.database = database;
        this.secret = secret;
        this.clock = clock;
        this.mostEach = mostEach;
    }

    public APIGatewayProxyResponseEvent invoke(
            Operation<?, ?> operation, APIGatewayProxyRequestEvent event) {
        var pool =
                pools.computeIfAbsent(
                        operation.name(),
                        _ -> new Pool(new ConcurrentLinkedDeque<>(), new Semaphore(mostEach)));
        pool.places.acquireUninterruptibly();
        try {
            var sandbox = pool.idle.pollFirst();
            if (sandbox == null) {
                sandbox = open(operation);
            }
            try {
                return sandbox.function.apply(event);
            } finally {
                pool.idle.addFirst(sandbox);
            }
        } finally {
            pool.places.release();
        }
    }

    private Sandbox open(Operation<?, ?> operation) {
        var connection =
                new GuardedConnection(database.opener(operation.databaseRole(), operation.name()));
        return new Sandbox(
                new OperationFunction<>(
                        operation, new TenantTransaction(connection), secret, clock),
                connection);
    }

    @Override
    public void close() {
        pools.values().forEach(pool -> pool.idle.forEach(sandbox -> sandbox.connection.close()));
    }
}
