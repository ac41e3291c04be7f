package com.fluxvantage.integrations;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Prefix;

import java.util.UUID;

/** That a shop was to be asked once whether all is well. */
@Prefix("cot")
public record ConnectionTestId(UUID uuid) implements Identifier {}
