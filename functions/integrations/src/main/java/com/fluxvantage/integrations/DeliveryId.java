package com.fluxvantage.integrations;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Prefix;

import java.util.UUID;

/** One thing that a channel has sent. */
@Prefix("chd")
public record DeliveryId(UUID uuid) implements Identifier {}
