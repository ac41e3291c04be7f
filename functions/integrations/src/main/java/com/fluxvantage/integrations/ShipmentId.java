package com.fluxvantage.integrations;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Prefix;

import java.util.UUID;

/** What has left at once of an order, as outbound names it. */
@Prefix("shp")
public record ShipmentId(UUID uuid) implements Identifier {}
