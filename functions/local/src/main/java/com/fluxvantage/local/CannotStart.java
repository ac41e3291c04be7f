package com.fluxvantage.local;

/** Why the day cannot begin, in one sentence for the person who started the program. */
public final class CannotStart extends RuntimeException {
    CannotStart(String sentence) {
        super(sentence);
    }

    CannotStart(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
