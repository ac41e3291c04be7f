package com.fluxvantage.kernel.tenancy;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Prefix;

import java.util.UUID;

/** A tenant: one customer of the platform, isolated from all others. */
@Prefix("tnt")
public record TenantId(UUID uuid) implements Identifier {}
