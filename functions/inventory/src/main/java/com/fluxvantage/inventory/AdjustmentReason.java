package com.fluxvantage.inventory;

/** Why a count is corrected. The ledger keeps it; an auditor sums by it. */
enum AdjustmentReason {
    FOUND,
    LOST,
    DAMAGED,
    THEFT,
    DATA_ENTRY,
    EXPIRED,
    SAMPLE,
    INTERNAL_USE
}
