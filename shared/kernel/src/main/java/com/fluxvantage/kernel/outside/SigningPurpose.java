package com.fluxvantage.kernel.outside;

import java.util.Locale;

/**
 * What a signature vouches for. Each has a key of its own, so that whoever may sign one thing
 * cannot sign another.
 */
public enum SigningPurpose {
    /** The heads of the audit chains, and each segment when it is closed. */
    AUDIT_SEAL,
    /** What an export holds, file by file. */
    EXPORT_MANIFEST,
    /** That a tenant's data are gone. */
    DELETION_CERTIFICATE;

    /** As it stands in the names of keys: {@code audit-seal}. */
    public String publicName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
