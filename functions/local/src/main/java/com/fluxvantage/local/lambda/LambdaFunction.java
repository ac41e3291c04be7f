package com.fluxvantage.local.lambda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A function as the cloud has it: unpacked code, a handler, an environment and a time limit. The
 * runtime's own jars are the only ones on the JVM's class path; the runtime client loads the code
 * and its {@code lib} folder by a class loader of its own, as in the managed runtime.
 *
 * @param taskRoot the unpacked zip
 * @param runtime the jars that the managed runtime brings, the runtime client's first
 * @param folder where each sandbox leaves its log and whatever else it has to keep
 */
public record LambdaFunction(
        String name,
        String handler,
        Path taskRoot,
        List<Path> runtime,
        Map<String, String> environment,
        Duration timeLimit,
        Path folder) {
    public LambdaFunction {
        runtime = List.copyOf(runtime);
        environment = Map.copyOf(environment);
    }

    /** A new sandbox that waits for its first event. */
    public LambdaSandbox start() {
        var sandbox = open(false);
        sandbox.awaitReady();
        return sandbox;
    }

    /**
     * A new sandbox that has come as far as its snapshot would be taken. {@link
     * LambdaSandbox#restore} lets it go on.
     */
    public LambdaSandbox startUntilCheckpoint() {
        var sandbox = open(true);
        sandbox.awaitCheckpoint();
        return sandbox;
    }

    private LambdaSandbox open(boolean isSnapStart) {
        try {
            return LambdaSandbox.open(this, isSnapStart);
        } catch (IOException e) {
            throw new UncheckedIOException("a sandbox can be made on this machine", e);
        }
    }
}
