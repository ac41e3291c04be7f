package com.fluxvantage.outbound;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Prefix;

import java.util.UUID;

/** An order: what a customer wants sent. */
@Prefix("ord")
public record OrderId(UUID uuid) implements Identifier {}
