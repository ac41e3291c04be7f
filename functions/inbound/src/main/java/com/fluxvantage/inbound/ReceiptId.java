package com.fluxvantage.inbound;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Prefix;

import java.util.UUID;

/** One act of receiving against an ASN. */
@Prefix("rcp")
public record ReceiptId(UUID uuid) implements Identifier {}
