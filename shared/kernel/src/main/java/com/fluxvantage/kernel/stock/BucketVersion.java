package com.fluxvantage.kernel.stock;

import com.fluxvantage.kernel.quantity.Quantity;

/** A bucket after a change: its new version, and what of it is free. */
public record BucketVersion(BucketId bucket, long version, Quantity free) {}
