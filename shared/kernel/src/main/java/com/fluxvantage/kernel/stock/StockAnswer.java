package com.fluxvantage.kernel.stock;

import com.fluxvantage.kernel.quantity.Quantity;

import java.util.List;
import java.util.Optional;

/** What a stock function answers: everything changed, or nothing did and here is why. */
public sealed interface StockAnswer {
    record Changed(List<BucketVersion> buckets) implements StockAnswer {}

    /** Nothing has changed; only the buckets that stood in the way are listed. */
    record Unchanged(List<Obstacle> obstacles) implements StockAnswer {}

    /** Why a bucket stands in the way. */
    enum Reason {
        /** It holds less free goods than asked. */
        SHORT,
        /** It was swept between look-up and lock. */
        GONE,
        /** Its version is not the one that was seen. */
        STALE,
        /** It is locked, on hold, expiring or not for picking. */
        UNFIT,
        /** The reservation named is not there, or holds less than asked. */
        NOT_RESERVED
    }

    record Obstacle(
            BucketId bucket,
            Reason reason,
            Optional<Long> version,
            Optional<Quantity> asked,
            Optional<Quantity> free) {}
}
