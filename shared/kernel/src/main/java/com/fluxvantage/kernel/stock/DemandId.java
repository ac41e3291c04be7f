package com.fluxvantage.kernel.stock;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Prefix;

import java.util.UUID;

/** What a reservation is for: the line of an order. */
@Prefix("dmd")
public record DemandId(UUID uuid) implements Identifier {}
