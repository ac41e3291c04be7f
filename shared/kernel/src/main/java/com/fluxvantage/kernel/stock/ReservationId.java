package com.fluxvantage.kernel.stock;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Prefix;

import java.util.UUID;

/** A promise of goods in one bucket to one demand. */
@Prefix("rsv")
public record ReservationId(UUID uuid) implements Identifier {}
