package com.fluxvantage.kernel.operation;

import java.util.Locale;

/**
 * The kind of work. A tenant's state allows some kinds and refuses others: a suspended tenant may
 * read and export.
 */
public enum Work {
    WRITE,
    READ,
    EXPORT,
    PRIVACY,
    DELETION;

    public String databaseName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
