package com.fluxvantage.carriers;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Prefix;

import java.util.UUID;

/** The order that a carton belongs to. */
@Prefix("ord")
public record OrderId(UUID uuid) implements Identifier {}
