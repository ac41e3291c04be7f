package com.fluxvantage.runtime;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fluxvantage.kernel.operation.Caller;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.outside.Ports;

import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;

/**
 * Runs operations in this process. A sandbox serves one call at a time, of any operation, and keeps
 * a connection for each login; another is made when all are busy, up to a limit. (In the cloud a
 * sandbox serves one operation. Here that would be a hundred connections, each to be warmed up
 * anew.)
 */
public final class Sandboxes implements AutoCloseable {
    @FunctionalInterface
    private interface Boundary {
        APIGatewayProxyResponseEvent apply(APIGatewayProxyRequestEvent event);
    }

    private final class Sandbox {
        private final Map<String, GuardedConnection> connections = new HashMap<>();
        private final Map<String, Boundary> functions = new HashMap<>();

        private Boundary function(Operation<?, ?> operation) {
            return functions.computeIfAbsent(operation.name(), _ -> open(operation));
        }

        private Boundary open(Operation<?, ?> operation) {
            String role = operation.databaseRole();
            var connection =
                    connections.computeIfAbsent(
                            role, _ -> new GuardedConnection(database.opener(role, "local")));
            var transaction = new TenantTransaction(connection);
            return operation.caller() instanceof Caller.Signature
                    ? new SignatureFunction<>(operation, transaction, clock, ports)::apply
                    : new OperationFunction<>(operation, transaction, secret, clock, ports)::apply;
        }
    }

    private final DatabaseSettings database;
    private final PlatformSecret secret;
    private final Clock clock;
    private final Ports ports;
    private final Semaphore places;
    private final ConcurrentLinkedDeque<Sandbox> idle = new ConcurrentLinkedDeque<>();

    /**
     * Makes none yet: a sandbox is opened by the first call that needs it.
     *
     * @param most how many calls run at once; more wait
     */
    public Sandboxes(DatabaseSettings database, PlatformSecret secret, Clock clock, int most) {
        this(database, secret, clock, most, new CloudPorts.None());
    }

    /** As above; {@code ports} are for the links that operations hand out. */
    public Sandboxes(
            DatabaseSettings database, PlatformSecret secret, Clock clock, int most, Ports ports) {
        this.database = database;
        this.secret = secret;
        this.clock = clock;
        this.ports = ports;
        this.places = new Semaphore(most, true);
    }

    public APIGatewayProxyResponseEvent invoke(
            Operation<?, ?> operation, APIGatewayProxyRequestEvent event) {
        places.acquireUninterruptibly();
        try {
            var free = idle.pollFirst();
            var sandbox = free == null ? new Sandbox() : free;
            try {
                return sandbox.function(operation).apply(event);
            } finally {
                idle.addFirst(sandbox);
            }
        } finally {
            places.release();
        }
    }

    @Override
    public void close() {
        idle.forEach(sandbox -> sandbox.connections.values().forEach(GuardedConnection::close));
    }
}
