package com.fluxvantage.kernel.stock;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Prefix;

import java.util.UUID;

/** A place in a warehouse that a scanner can name. */
@Prefix("loc")
public record LocationId(UUID uuid) implements Identifier {}
