package com.fluxvantage.kernel.stock;

import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.quantity.Quantity;

import java.time.LocalDate;
import java.util.Optional;

/**
 * So many units of one bucket for one demand; goods that expire before {@code goodUntil} do not
 * serve it.
 */
public record Reserving(
        ReservationId id,
        BucketId bucket,
        DemandId demand,
        Quantity quantity,
        Optional<LocalDate> goodUntil) {
    public static Reserving of(
            BucketId bucket, DemandId demand, Quantity quantity, Optional<LocalDate> goodUntil) {
        return new Reserving(new ReservationId(Uuid7.next()), bucket, demand, quantity, goodUntil);
    }
}
