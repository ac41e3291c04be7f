package com.fluxvantage.kernel.outside;

import java.util.Locale;

/** The places where objects are kept. Each has rights, a life and an encryption of its own. */
public enum Bucket {
    /** What tenants take along. Gone after some days: whoever wants it longer keeps it. */
    EXPORTS(false),
    /** Labels of parcels: they show who lives where. Gone when the parcel has left. */
    LABELS(false),
    /**
     * Copies of what was signed of the audit chains: a witness that no owner of the database has.
     */
    AUDIT_HEADS(true),
    /** The certificates of deletions, which outlive the database and any backup of it. */
    CERTIFICATES(true);

    private final boolean isLocked;

    Bucket(boolean isLocked) {
        this.isLocked = isLocked;
    }

    /** Whether nobody, whatever their rights, can change or remove an object before its time. */
    public boolean isLocked() {
        return isLocked;
    }

    /** As it stands in the names of buckets: {@code exports}. */
    public String publicName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
