package com.fluxvantage.kernel.tenancy;

import java.util.UUID;

/**
 * Who acts, as the authorizer found out. It names nobody: the audit trail and the ledger keep the
 * id, and the member's name stands in one place only.
 */
public record Actor(Kind kind, UUID id) {
    /**
     * {@code OPERATOR} is one of the people who run the platform, {@code JOB} one of its own jobs.
     */
    public enum Kind {
        MEMBER,
        OPERATOR,
        JOB
    }

    /** As it stands in a proof, in the ledger and in the audit trail: {@code member:uuid}. */
    public String reference() {
        return kind.name().toLowerCase(java.util.Locale.ROOT) + ":" + id;
    }
}
