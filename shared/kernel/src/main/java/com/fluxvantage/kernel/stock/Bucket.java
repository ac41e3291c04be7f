package com.fluxvantage.kernel.stock;

import java.util.Optional;

/** How a leg names its bucket. */
public sealed interface Bucket {
    /** A bucket that was looked up before; it may have been swept meanwhile. */
    record Known(BucketId id) implements Bucket {}

    /** A bucket that may not exist yet; the posting makes it. */
    record Keyed(
            ItemId item,
            LocationId location,
            OwnerId owner,
            Optional<LotId> lot,
            Optional<LpnId> lpn,
            StockStatus status)
            implements Bucket {}
}
