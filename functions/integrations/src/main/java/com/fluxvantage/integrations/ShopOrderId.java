package com.fluxvantage.integrations;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Prefix;

import java.util.UUID;

/** One order of a connected shop, as we know it. */
@Prefix("sho")
public record ShopOrderId(UUID uuid) implements Identifier {}
