package com.fluxvantage.outbound;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Prefix;

import java.util.UUID;

/** Cartons that left together, under one tracking number. */
@Prefix("shp")
public record ShipmentId(UUID uuid) implements Identifier {}
