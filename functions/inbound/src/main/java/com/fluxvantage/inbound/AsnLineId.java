package com.fluxvantage.inbound;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Prefix;

import java.util.UUID;

/** One line of an ASN. */
@Prefix("asl")
public record AsnLineId(UUID uuid) implements Identifier {}
