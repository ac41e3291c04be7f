package com.fluxvantage.kernel.outside;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * Carriers, through a company that speaks to many of them: asks for prices, buys labels, gives them
 * back, tells where parcels are. Each call is under a tenant's own key and takes at most {@link
 * #LONGEST}. Safe for use by many threads.
 *
 * <p>A shipment there is one parcel. Of one shipment at most one label is ever bought: that is kept
 * there, whatever we send. So whoever did not hear the answer of {@link #buy} asks {@link #find}
 * under the same shipment, and buys again only where nothing was bought.
 */
public interface Carriers {
    /** Connecting, asking and reading the answer, all together. */
    Duration LONGEST = Duration.ofSeconds(20);

    /** A label of several pages as an image has some 100 kB. */
    int LARGEST_LABEL_BYTES = 2 * 1024 * 1024;

    /**
     * Tells of a parcel and asks what carriers take for it. It costs nothing; told twice there are
     * two shipments, of which one is never bought.
     */
    Answer<CarrierShipment> rate(Secret key, Parcel parcel);

    /** How a shipment stands there. */
    Answer<CarrierShipment> find(Secret key, String shipment);

    /** Buys a label at one of the rates that the shipment was given. */
    Answer<CarrierShipment> buy(Secret key, String shipment, String rate);

    /** Asks for the money back. What is asked for a second time was asked for. */
    Answer<CarrierShipment> refund(Secret key, String shipment);

    /** Fetches a label. Its address is secret, for whoever has it reads the recipient's. */
    Answer<Bytes> label(URI file);

    /** What came of a call. */
    sealed interface Answer<T> {
        record Given<T>(T value) implements Answer<T> {}

        /** No, and to ask again changes nothing. Nothing has happened there. */
        record Refused<T>(Why why) implements Answer<T> {}

        /**
         * Not now. Whether it has happened is not known, but for {@link Cause#THROTTLED}.
         *
         * @param notBefore so long the other side asks to be left alone
         */
        record Later<T>(Cause cause, Optional<Duration> notBefore) implements Answer<T> {}
    }

    /** Why it is refused. */
    enum Why {
        /** The key is none of theirs, or is one no more. */
        KEY_REFUSED,
        /** The account is not funded, or may not do this. */
        ACCOUNT_REFUSED,
        /** An address or a parcel that no carrier can use. */
        PARCEL_REFUSED,
        /** No carrier of the account takes this parcel there. */
        NO_RATES,
        /** No such shipment, or the rate is none of it. */
        UNKNOWN_SHIPMENT,
        /** A label was bought of this shipment before. */
        ALREADY_BOUGHT,
        /** The carrier itself does not sell it, or does not take it back. */
        CARRIER_REFUSED
    }

    /** Why there is no answer to go by. */
    enum Cause {
        /** Too much was asked of them: this call was not looked at. */
        THROTTLED,
        /** They have failed, or their carrier has not answered them. */
        FAILING,
        /** Nobody answered in time. */
        UNANSWERED,
        /** What came is no answer of theirs, or too long for one. */
        UNREADABLE
    }
}
