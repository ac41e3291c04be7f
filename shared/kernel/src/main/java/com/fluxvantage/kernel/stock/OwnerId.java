package com.fluxvantage.kernel.stock;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Prefix;

import java.util.UUID;

/** Whose goods they are; every tenant has a house owner. */
@Prefix("own")
public record OwnerId(UUID uuid) implements Identifier {}
