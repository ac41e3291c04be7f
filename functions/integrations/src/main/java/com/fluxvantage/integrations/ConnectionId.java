package com.fluxvantage.integrations;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Prefix;

import java.util.UUID;

/** One connection of a tenant with a channel. It is public: the channel calls us by it. */
@Prefix("con")
public record ConnectionId(UUID uuid) implements Identifier {}
