package com.fluxvantage.kernel.operation;

/**
 * What became of a call: done, with what it is about, or refused with a reason. Surprises are
 * exceptions.
 */
public sealed interface Outcome<R> {
    record Done<R>(R result, Subject subject) implements Outcome<R> {}

    record Refused<R>(Refusal refusal) implements Outcome<R> {}

    static <R> Outcome<R> done(R result, Subject subject) {
        return new Done<>(result, subject);
    }

    /** The answer of a search. */
    static <R> Outcome<R> found(R result) {
        return new Done<>(result, Subject.nothing());
    }

    static <R> Outcome<R> refused(Refusal refusal) {
        return new Refused<>(refusal);
    }

    static <R> Outcome<R> missing(String what, String field) {
        return new Refused<>(new NotFound(what, field));
    }
}
