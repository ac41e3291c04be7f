package com.fluxvantage.kernel.stock;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Prefix;

import java.util.UUID;

/** A bucket: the goods of one item, location, owner, status, lot and license plate. */
@Prefix("bkt")
public record BucketId(UUID uuid) implements Identifier {}
