package com.fluxvantage.kernel.operation;

import com.fluxvantage.kernel.outside.Outside;

/**
 * How an operation acts on the world outside its transaction, in three parts, so that no
 * transaction ever waits for a network and no crash loses or doubles anything:
 *
 * <ol>
 *   <li>{@code take}, in a transaction: chooses what to do, no more than one run can finish, and
 *       leases it by the database's clock under a number that grows with each lease;
 *   <li>{@code carryOut}, in none: acts outside. It may be killed anywhere and repeated after it
 *       has succeeded, so the second time has to have no other effect than the first;
 *   <li>{@code record}, in a transaction: finds its lease still its own or throws {@link
 *       LostLease}, and stores what has come of it, together with the key by which the event is
 *       known as done.
 * </ol>
 *
 * <p>A run that dies between two parts leaves a lease that ends by itself; the message comes again
 * and begins with {@code take}.
 *
 * @param <T> the task: what the second part has to know, since it can ask no database
 * @param <C> what was carried out
 */
public record Errand<Q, T, C, R>(
        Take<Q, T, R> take, CarryOut<T, C> carryOut, Recording<T, C, R> record) {
    /** Chooses and leases; changes nothing else. */
    @FunctionalInterface
    public interface Take<Q, T, R> {
        Taken<T, R> take(Q request, Call call);
    }

    /** Acts outside; idempotent. */
    @FunctionalInterface
    public interface CarryOut<T, C> {
        C carryOut(T task, Outside outside);
    }

    /** Checks the lease and stores what has come of it. */
    @FunctionalInterface
    public interface Recording<T, C, R> {
        Outcome<R> record(T task, C carried, Call call);
    }

    /** What was found to do. */
    public sealed interface Taken<T, R> {
        record Task<T, R>(T task) implements Taken<T, R> {}

        /** Nothing is left: the run is done, with this result. */
        record Nothing<T, R>(R result) implements Taken<T, R> {}

        /** Another run holds it: the message comes again a little later. */
        record Held<T, R>() implements Taken<T, R> {}
    }

    public static <T, R> Taken<T, R> task(T task) {
        return new Taken.Task<>(task);
    }

    public static <T, R> Taken<T, R> nothing(R result) {
        return new Taken.Nothing<>(result);
    }

    public static <T, R> Taken<T, R> held() {
        return new Taken.Held<>();
    }
}
