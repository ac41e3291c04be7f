package com.fluxvantage.inventory;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Prefix;

import java.util.UUID;

/** An order that holds goods, as outbound names it. */
@Prefix("ord")
record OrderId(UUID uuid) implements Identifier {}
