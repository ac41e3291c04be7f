package com.fluxvantage.local.own;

/** Why one row is left out. The sentence never repeats what the row says. */
final class RowFault extends Exception {
    private static final long serialVersionUID = 1L;

    private final String sentence;

    /** For a fault of the whole row. */
    RowFault(String reason) {
        // A file may have a hundred thousand of them: no stack is walked for any.
        super(reason, null, false, false);
        this.sentence = reason;
    }

    RowFault(String column, String reason) {
        this(column + ": " + reason);
    }

    String sentence() {
        return sentence;
    }
}
