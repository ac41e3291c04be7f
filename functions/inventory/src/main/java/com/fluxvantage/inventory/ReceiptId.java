package com.fluxvantage.inventory;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Prefix;

import java.util.UUID;

/** A receipt in which goods were counted in, as inbound names it. */
@Prefix("rcp")
record ReceiptId(UUID uuid) implements Identifier {}
