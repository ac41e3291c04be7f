package com.fluxvantage.local;

/** Why the database cannot be had, in one sentence for the person who started the program. */
public final class CannotStart extends RuntimeException {
    CannotStart(String sentence) {
        super(sentence);
    }

    CannotStart(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
