package com.fluxvantage.kernel.outside;

import java.util.Locale;

/**
 * Logins to the database beside the one that an operation has. Each may do one thing that the login
 * of jobs may not, so that a fault in any other job cannot do it.
 */
public enum DatabaseLogin {
    /** Removes the rows of a tenant that ends; can neither insert nor change any. */
    ERASER,
    /** Looks whether they are gone; can do nothing else. */
    VERIFIER;

    /** As the database knows it: {@code fv_eraser}. */
    public String role() {
        return "fv_" + name().toLowerCase(Locale.ROOT);
    }
}
