package com.fluxvantage.lifecycle;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Prefix;

import java.util.UUID;

/** A legal hold. */
@Prefix("hld")
record HoldId(UUID uuid) implements Identifier {}
