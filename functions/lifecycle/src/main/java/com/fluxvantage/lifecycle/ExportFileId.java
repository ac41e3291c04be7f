package com.fluxvantage.lifecycle;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Prefix;

import java.util.UUID;

/** One file of an export. */
@Prefix("xfl")
public record ExportFileId(UUID uuid) implements Identifier {}
