package com.fluxvantage.kernel.outside;

import org.jdbi.v3.core.Handle;

import java.util.function.Function;

/**
 * Transactions under a login of their own, one after the other. What the work does is committed
 * when it returns and forgotten when it throws. Used by one thread.
 */
@FunctionalInterface
public interface Transactions {
    /**
     * Runs the work in one transaction, once.
     *
     * @throws Unreachable when the database is busy with the same rows, or did not finish in time
     */
    <T> T once(Function<Handle, T> work);

    /** Opens them for each login that there is. */
    @FunctionalInterface
    interface Logins {
        Transactions as(DatabaseLogin login);
    }
}
