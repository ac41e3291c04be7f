package com.fluxvantage.kernel.stock;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.quantity.Quantity;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * One side of a posting: so many units into or out of one bucket.
 *
 * @param units signed: negative takes out, positive puts in
 * @param reservation a negative leg uses this reservation up; a positive one makes it, for {@code
 *     demand}: the promise follows the goods
 * @param line the line of the document that it is for, where it promises nothing
 * @param seenVersion the bucket's version that the caller has seen; another one refuses the posting
 */
public record Leg(
        Bucket bucket,
        long units,
        Optional<ReservationId> reservation,
        Optional<DemandId> demand,
        Optional<Identifier> line,
        OptionalLong seenVersion) {
    public static Leg out(Bucket bucket, Quantity quantity) {
        return new Leg(
                bucket,
                -quantity.units(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalLong.empty());
    }

    public static Leg in(Bucket bucket, Quantity quantity) {
        return new Leg(
                bucket,
                quantity.units(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalLong.empty());
    }

    /** Takes out goods that were promised. */
    public static Leg outOf(Bucket bucket, Quantity quantity, ReservationId reservation) {
        return new Leg(
                bucket,
                -quantity.units(),
                Optional.of(reservation),
                Optional.empty(),
                Optional.empty(),
                OptionalLong.empty());
    }

    /** Puts in goods that stay promised to {@code demand}. */
    public static Leg inFor(
            Bucket bucket, Quantity quantity, ReservationId reservation, DemandId demand) {
        return new Leg(
                bucket,
                quantity.units(),
                Optional.of(reservation),
                Optional.of(demand),
                Optional.empty(),
                OptionalLong.empty());
    }

    public Leg ifStill(long version) {
        return new Leg(bucket, units, reservation, demand, line, OptionalLong.of(version));
    }

    public Leg forLine(Identifier ofDocument) {
        return new Leg(bucket, units, reservation, demand, Optional.of(ofDocument), seenVersion);
    }
}
