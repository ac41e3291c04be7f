package com.fluxvantage.inbound;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Prefix;

import java.util.UUID;

/** An advance ship notice: what a supplier says is on its way. */
@Prefix("asn")
public record AsnId(UUID uuid) implements Identifier {}
