package com.fluxvantage.runtime;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Cursors;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.tenancy.Actor;

import org.jdbi.v3.core.Handle;

import java.time.Clock;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * A call by nobody yet: no tenant is entered, so no row of any is seen, and a cursor would open
 * nothing.
 */
final class OpenCall {
    private static final Actor NOBODY = new Actor(Actor.Kind.JOB, new UUID(0, 0));

    private OpenCall() {}

    static Call of(Operation<?, ?> operation, Clock clock, Handle handle, int search) {
        return new Call(
                operation,
                NOBODY,
                clock,
                handle,
                new Cursors(new byte[32], new byte[0]),
                OptionalLong.empty(),
                search);
    }
}
