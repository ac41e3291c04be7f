package com.fluxvantage.integrations;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Prefix;

import java.util.UUID;

/** One address to which a tenant is told what happens. */
@Prefix("whe")
public record WebhookEndpointId(UUID uuid) implements Identifier {}
