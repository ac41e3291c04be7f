package com.fluxvantage.carriers;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Prefix;

import java.util.UUID;

/** The label of one carton. */
@Prefix("lbl")
public record LabelId(UUID uuid) implements Identifier {}
