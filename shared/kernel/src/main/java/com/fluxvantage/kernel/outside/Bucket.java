package com.fluxvantage.kernel.outside;

import java.util.Locale;

/** The places where objects are kept. Each has rights, a life and an encryption of its own. */
public enum Bucket {
    /** What tenants take along. Gone after some days: whoever wants it longer keeps it. */
    EXPORTS,
    /** Labels of parcels: they show who lives where. Gone when the parcel has left. */
    LABELS;

    /** As it stands in the names of buckets: {@code exports}. */
    public String publicName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
