package com.fluxvantage.audit;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Prefix;

import java.util.UUID;

/** An entry of the audit trail. */
@Prefix("aud")
record AuditId(UUID uuid) implements Identifier {}
