package com.fluxvantage.lifecycle;

/** Where a tenant stands in its life. What each allows is decided at the door of the database. */
enum TenantState {
    PROVISIONING,
    TRIAL,
    ACTIVE,
    PAST_DUE,
    SUSPENDED,
    WIND_DOWN,
    DELETION_SCHEDULED,
    DELETING,
    VERIFYING,
    DELETED
}
