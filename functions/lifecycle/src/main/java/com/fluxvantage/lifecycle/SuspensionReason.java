package com.fluxvantage.lifecycle;

/** Why the platform keeps a tenant from writing. */
enum SuspensionReason {
    ABUSE,
    LEGAL,
    SECURITY
}
