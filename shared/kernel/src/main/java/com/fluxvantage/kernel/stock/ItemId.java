package com.fluxvantage.kernel.stock;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Prefix;

import java.util.UUID;

/** An item of a tenant's catalogue. */
@Prefix("itm")
public record ItemId(UUID uuid) implements Identifier {}
