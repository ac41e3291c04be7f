package com.fluxvantage.runtime;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Trigger;
import com.fluxvantage.kernel.tenancy.Actor;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.UUID;

/** A consumer's side of the events in the database: taken once, done, or given up. */
final class Inbox {
    private static final String TAKE =
            """
            select fv.actor() as actor, outcome, type, payload, newest, replayed, result
              from wms.take_event(:consumer, :stream, :no, :part, :ordered)
            """;

    private static final String FINISH =
            """
            select wms.finish_event(
                :consumer, :stream, :no, :part, :last, cast(:result as jsonb), :at, cast(:events as jsonb))
            """;

    private static final String BURY =
            """
            select wms.bury_event(:consumer, :stream, :no, :reason, :attempts, :at)
            """;

    /** {@code payload} is there when it is new, {@code result} when it was done before. */
    record Taken(
            String actor,
            String outcome,
            @Nullable String type,
            @Nullable String payload,
            @Nullable Boolean newest,
            @Nullable Boolean replayed,
            @Nullable String result) {
        Actor job() {
            return new Actor(
                    Actor.Kind.JOB, UUID.fromString(actor.substring(actor.indexOf(':') + 1)));
        }
    }

    private final Operation<?, ?> operation;
    private final Records records;
    private final boolean isOrdered;

    Inbox(Operation<?, ?> operation) {
        this.operation = operation;
        this.records = new Records(operation);
        this.isOrdered = operation.trigger() instanceof Trigger.Event event && event.ordered();
    }

    Taken take(Handle handle, EventMessage message, int part) {
        return handle.createQuery(TAKE)
                .bind("consumer", operation.name())
                .bind("stream", message.stream())
                .bind("no", message.no())
                .bind("part", part)
                .bind("ordered", isOrdered)
                .mapTo(Taken.class)
                .one();
    }

    void finish(
            Handle handle,
            Call call,
            EventMessage message,
            int part,
            boolean isLast,
            String result) {
        handle.createQuery(FINISH)
                .bind("consumer", operation.name())
                .bind("stream", message.stream())
                .bind("no", message.no())
                .bind("part", part)
                .bind("last", isLast)
                .bind("result", result)
                .bind("at", call.now())
                .bind("events", records.events(call))
                .mapTo(String.class)
                .one();
    }

    void bury(Handle handle, EventMessage message, String reason, int attempts, Instant at) {
        handle.createQuery(BURY)
                .bind("consumer", operation.name())
                .bind("stream", message.stream())
                .bind("no", message.no())
                .bind("reason", reason)
                .bind("attempts", attempts)
                .bind("at", at)
                .mapTo(String.class)
                .one();
    }
}
