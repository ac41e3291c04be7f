package com.fluxvantage.kernel.stock;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Prefix;

import java.util.UUID;

/** A building with stock in it. */
@Prefix("whs")
public record WarehouseId(UUID uuid) implements Identifier {}
