package com.fluxvantage.runtime;

import com.fluxvantage.kernel.operation.Operation;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

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
        var line =
                LOG.atLevel(surprise == null ? Level.INFO : Level.ERROR)
                        .addKeyValue("operation", operation.name())
                        .addKeyValue("request", requestId)
                        .addKeyValue("status", status)
                        .addKeyValue("outcome", outcome)
                        .addKeyValue("micros", took.toNanos() / 1_000);
        if (caller != null) {
            line =
                    line.addKeyValue("tenant", caller.tenant().uuid())
                            .addKeyValue("actor", caller.actor().reference());
        }
        if (surprise != null) {
            // The type and the place, not the message: a driver's message quotes what was bound.
            line =
                    line.addKeyValue("surprise", surprise.getClass().getName())
                            .addKeyValue("at", place(surprise))
                            .addKeyValue(
                                    "sqlstate",
                                    String.valueOf(TenantTransaction.sqlState(surprise)));
        }
        line.log("call");
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
