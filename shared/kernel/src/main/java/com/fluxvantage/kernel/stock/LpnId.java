package com.fluxvantage.kernel.stock;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Prefix;

import java.util.UUID;

/** A license plate: a carton, tote or pallet with a label of its own. */
@Prefix("lpn")
public record LpnId(UUID uuid) implements Identifier {}
