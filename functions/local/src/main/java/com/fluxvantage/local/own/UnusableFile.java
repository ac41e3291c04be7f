package com.fluxvantage.local.own;

/** Why a file cannot be used at all, in one sentence for the person who named it. */
public final class UnusableFile extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnusableFile(String sentence) {
        super(sentence);
    }
}
