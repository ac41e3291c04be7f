package com.fluxvantage.audit;

/**
 * How long a tenant keeps its audit trail. A fixed menu: what goes together is stored together, and
 * 2,555 days are the seven years that some laws ask for.
 */
enum AuditRetention {
    DAYS_90(90),
    DAYS_180(180),
    DAYS_400(400),
    DAYS_730(730),
    DAYS_2555(2_555);

    private final int days;

    AuditRetention(int days) {
        this.days = days;
    }

    int days() {
        return days;
    }
}
