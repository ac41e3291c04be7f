package com.fluxvantage.integrations;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Prefix;

import java.util.UUID;

/** One time that something was wrong with a connection. */
@Prefix("inc")
public record IncidentId(UUID uuid) implements Identifier {}
