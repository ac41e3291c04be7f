package com.fluxvantage.runtime;

import com.fluxvantage.kernel.operation.Operation;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

import java.time.Duration;

/**
 * One structured line a call: names, ids, outcome, duration. Never a body, a header, a name, an
 * address, an exception's message. Metrics and alarms are made from these lines.
 */
final class CallLog {
    private static final Logger LOG = LoggerFactory.getLogger("com.fluxvantage.call");

    private CallLog() {}

    static void write(
            Operation<?, ?> operation,
            @Nullable CallerContext caller,
            String requestId,
            int status,
            String outcome,
            Duration took,
            @Nullable Throwable surprise) {
        var line = line(operation, outcome, took, surprise == null ? Level.INFO : Level.ERROR);
        line = line.addKeyValue("request", requestId).addKeyValue("status", status);
        if (caller != null) {
            line =
                    line.addKeyValue("tenant", caller.tenant().uuid())
                            .addKeyValue("actor", caller.actor().reference());
        }
        surprised(line, surprise).log("call");
    }

    /**
     * One line for each event that a consumer was given. It is an error when the event was given
     * up, and only a warning while it is to be tried again.
     */
    static void write(
            Operation<?, ?> operation,
            EventMessage message,
            int attempt,
            String outcome,
            boolean isGivenUp,
            Duration took,
            @Nullable Throwable surprise) {
        var level = isGivenUp ? Level.ERROR : surprise == null ? Level.INFO : Level.WARN;
        var line =
                line(operation, outcome, took, level)
                        .addKeyValue("tenant", message.tenant())
                        .addKeyValue("stream", message.stream())
                        .addKeyValue("no", message.no())
                        .addKeyValue("attempt", attempt)
                        .addKeyValue("given_up", isGivenUp);
        surprised(line, surprise).log("event");
    }

    private static LoggingEventBuilder line(
            Operation<?, ?> operation, String outcome, Duration took, Level level) {
        return LOG.atLevel(level)
                .addKeyValue("operation", operation.name())
                .addKeyValue("outcome", outcome)
                .addKeyValue("micros", took.toNanos() / 1_000);
    }

    private static LoggingEventBuilder surprised(
            LoggingEventBuilder line, @Nullable Throwable surprise) {
        if (surprise == null) {
            return line;
        }
        // The type and the place, not the message: a driver's message quotes what was bound.
        return line.addKeyValue("surprise", surprise.getClass().getName())
                .addKeyValue("at", place(surprise))
                .addKeyValue("sqlstate", String.valueOf(TenantTransaction.sqlState(surprise)));
    }

    private static String place(Throwable surprise) {
        for (var frame : surprise.getStackTrace()) {
            if (frame.getClassName().startsWith("com.fluxvantage.")) {
                return frame.getClassName() + ":" + frame.getLineNumber();
            }
        }
        return "outside";
    }
}
