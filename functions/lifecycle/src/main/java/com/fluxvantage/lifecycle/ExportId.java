package com.fluxvantage.lifecycle;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Prefix;

import java.util.UUID;

/** One export of all of a tenant's data. */
@Prefix("xpt")
public record ExportId(UUID uuid) implements Identifier {}
