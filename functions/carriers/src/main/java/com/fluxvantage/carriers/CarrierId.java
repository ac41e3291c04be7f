package com.fluxvantage.carriers;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Prefix;

import java.util.UUID;

/**
 * One connection of a tenant with those who speak to carriers. It is public: they call us by it.
 */
@Prefix("car")
public record CarrierId(UUID uuid) implements Identifier {}
