package com.fluxvantage.kernel.tenancy;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Prefix;

import java.util.UUID;

/** A person or machine that works for a tenant. */
@Prefix("mbr")
public record MemberId(UUID uuid) implements Identifier {}
