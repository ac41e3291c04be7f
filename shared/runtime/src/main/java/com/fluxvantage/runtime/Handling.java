package com.fluxvantage.runtime;

import com.fluxvantage.kernel.events.Heard;
import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Cursors;
import com.fluxvantage.kernel.operation.Mode;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.SignedDelivery;
import com.fluxvantage.kernel.tenancy.Actor;

import org.jdbi.v3.core.Handle;

import tools.jackson.databind.json.JsonMapper;

import java.time.Clock;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * What every boundary does once it has a request and a transaction that has its tenant: lets the
 * operation decide, and holds it to the refusals that it declares.
 */
final class Handling<Q extends Record, R extends Record> {
    private static final Actor NOBODY = new Actor(Actor.Kind.JOB, new UUID(0, 0));

    private final Operation<Q, R> operation;
    private final Clock clock;
    private final JsonMapper json;

    Handling(Operation<Q, R> operation, Clock clock) {
        this.operation = operation;
        this.clock = clock;
        this.json =
                operation.mode() == Mode.READS_AUDITED
                        ? KernelJson.revealing()
                        : KernelJson.guarded();
    }

    /** How results are written; what is personal fails in all but an audited read. */
    JsonMapper json() {
        return json;
    }

    Call call(
            Actor actor, Handle handle, Cursors cursors, OptionalLong expectedVersion, int search) {
        return new Call(
                operation,
                actor,
                clock,
                handle,
                cursors,
                expectedVersion,
                search,
                Call.Beside.NOTHING);
    }

    /** A call that has something beside. */
    Call call(
            Actor actor,
            Handle handle,
            Cursors cursors,
            OptionalLong expectedVersion,
            int search,
            Call.Beside beside) {
        return new Call(operation, actor, clock, handle, cursors, expectedVersion, search, beside);
    }

    /** A call by nobody yet: no tenant is entered, so no row of any is seen. */
    Call callOfNobody(Handle handle, int search) {
        return call(NOBODY, handle, search);
    }

    /** A call by another system, whose tenant is known to the database alone. */
    Call callOf(SignedDelivery delivery, Handle handle, int search) {
        return call(
                NOBODY,
                handle,
                new Cursors(new byte[32], new byte[0]),
                OptionalLong.empty(),
                search,
                Call.Beside.of(delivery));
    }

    /** A call that pages through nothing: a cursor would open nothing. */
    Call call(Actor actor, Handle handle, int search) {
        return call(
                actor,
                handle,
                new Cursors(new byte[32], new byte[0]),
                OptionalLong.empty(),
                search);
    }

    /** A consumer's call, for one event. */
    Call call(Actor actor, Handle handle, int search, Heard heard) {
        return call(
                actor,
                handle,
                new Cursors(new byte[32], new byte[0]),
                OptionalLong.empty(),
                search,
                Call.Beside.of(heard));
    }

    Outcome<R> decide(Q request, Call call) {
        return held(operation.handle(request, call));
    }

    /** To the refusals that the descriptor names. */
    Outcome<R> held(Outcome<R> outcome) {
        if (outcome instanceof Outcome.Refused<R>(var refusal)
                && !operation.refuses().contains(refusal.getClass())) {
            throw new IllegalStateException(
                    operation + " does not declare " + refusal.getClass().getSimpleName());
        }
        return outcome;
    }
}
