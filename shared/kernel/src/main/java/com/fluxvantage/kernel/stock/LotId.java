package com.fluxvantage.kernel.stock;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Prefix;

import java.util.UUID;

/** A production lot of one item. */
@Prefix("lot")
public record LotId(UUID uuid) implements Identifier {}
