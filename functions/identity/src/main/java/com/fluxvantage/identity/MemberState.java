package com.fluxvantage.identity;

/** Whether a person is let in. Who was let go stays known, since the audit trail names them. */
enum MemberState {
    ACTIVE,
    REVOKED
}
