package com.fluxvantage.kernel.outside;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One parcel as the carriers' company knows it.
 *
 * @param id theirs
 * @param rates at which a label can be bought
 * @param bought the label, once there is one
 * @param refund once it was asked for
 */
public record CarrierShipment(
        String id, List<Rate> rates, Optional<Bought> bought, Optional<Refund> refund) {
    public CarrierShipment {
        rates = List.copyOf(rates);
    }

    /**
     * What a carrier takes.
     *
     * @param id theirs
     * @param days on the way, as the carrier says
     */
    public record Rate(String id, String carrier, String service, Price price, OptionalInt days) {}

    /**
     * A label.
     *
     * @param file where it is fetched; whoever has the address has the label
     * @param progress where the parcel is, once anybody has said so
     */
    public record Bought(
            String carrier,
            String service,
            Price price,
            String tracking,
            URI file,
            Optional<Progress> progress) {
        /** Without the address of the label. */
        @Override
        public String toString() {
            return "Bought[" + carrier + ", " + service + "]";
        }
    }

    /**
     * Where a parcel is.
     *
     * @param at by their clock, and comparable with nobody else's
     */
    public record Progress(ParcelState state, Instant at) {}

    /** What became of giving a label back. */
    public enum Refund {
        /** Asked for; a carrier may take weeks over it. */
        SUBMITTED,
        GRANTED,
        REJECTED
    }
}
