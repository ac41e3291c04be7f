package com.fluxvantage.runtime;

import com.amazonaws.services.lambda.crac.Context;
import com.amazonaws.services.lambda.crac.Core;
import com.amazonaws.services.lambda.crac.Resource;
import com.fluxvantage.kernel.operation.Operation;

import org.springframework.cloud.function.adapter.aws.AWSLambdaUtils;
import org.springframework.cloud.function.context.FunctionCatalog;
import org.springframework.cloud.function.context.catalog.SimpleFunctionRegistry.FunctionInvocationWrapper;
import org.springframework.cloud.function.json.JsonMapper;

import software.amazon.jdbc.plugin.iam.IamAuthConnectionPlugin;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;

/**
 * What happens around a function's snapshot. Before it is taken one call is rehearsed through the
 * same invoker that serves the real ones, so that the first real one finds everything loaded, and
 * then the connection is closed. After each restore the connection is opened.
 *
 * <p>Many sandboxes begin as copies of one snapshot, so nothing that has to differ between them may
 * be made before it: identifiers and nonces come from {@code SecureRandom}, which asks the system
 * each time, and the time from clocks that are read when asked. The login's token is forgotten with
 * the connection.
 *
 * <p>The runtime client keeps its resources by weak references: the application's context holds
 * this one.
 */
final class Snapshot implements Resource {
    private final Operation<?, ?> operation;
    private final Primed function;
    private final GuardedConnection connection;
    private final FunctionCatalog functions;
    private final JsonMapper json;

    Snapshot(
            Operation<?, ?> operation,
            Primed function,
            GuardedConnection connection,
            FunctionCatalog functions,
            JsonMapper json) {
        this.operation = operation;
        this.function = function;
        this.connection = connection;
        this.functions = functions;
        this.json = json;
        Core.getGlobalContext().register(this);
    }

    /** A version that cannot rehearse is never published: the runtime client reports it. */
    @Override
    public void beforeCheckpoint(Context<? extends Resource> context) {
        try {
            function.prime(this::invoke);
        } finally {
            connection.close();
            IamAuthConnectionPlugin.clearCache();
        }
    }

    // What the invoker does with an event. A second invoker would start a second application, which
    // then waits for ever in its own hook after a restore.
    private void invoke() {
        FunctionInvocationWrapper invoked = functions.lookup(operation.name(), "application/json");
        try {
            var message =
                    AWSLambdaUtils.generateMessage(
                            new ByteArrayInputStream(Priming.event(operation)),
                            invoked.getInputType(),
                            false,
                            json,
                            null);
            AWSLambdaUtils.generateOutputFromObject(
                    message, invoked.apply(message), json, invoked.getOutputType());
        } catch (IOException e) {
            throw new UncheckedIOException("bytes in memory can be read", e);
        }
    }

    @Override
    public void afterRestore(Context<? extends Resource> context) {
        try {
            connection.get();
        } catch (SQLException _) {
            // The first call tries again, and its answer can say that the service is busy.
        }
    }
}
