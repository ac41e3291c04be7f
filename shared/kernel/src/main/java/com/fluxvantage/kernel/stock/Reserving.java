package com.fluxvantage.kernel.stock;

import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.quantity.Quantity;

/** So many units of one bucket for one demand. */
public record Reserving(ReservationId id, BucketId bucket, DemandId demand, Quantity quantity) {
    public static Reserving of(BucketId bucket, DemandId demand, Quantity quantity) {
        return new Reserving(new ReservationId(Uuid7.next()), bucket, demand, quantity);
    }
}
