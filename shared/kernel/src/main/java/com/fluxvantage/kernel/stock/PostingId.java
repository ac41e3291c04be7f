package com.fluxvantage.kernel.stock;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Prefix;

import java.util.UUID;

/** One posting of the stock ledger. */
@Prefix("pst")
public record PostingId(UUID uuid) implements Identifier {}
