package com.fluxvantage.kernel.outside;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How far a parcel has come, in the order of the way. News arrive late, twice and in any order:
 * what is less far than what is known is old news, whatever time it bears.
 */
public enum ParcelState {
    /** There is a label, and no carrier has said anything of the parcel. */
    UNKNOWN,
    /** The carrier knows of it and does not have it yet. */
    PRE_TRANSIT,
    IN_TRANSIT,
    OUT_FOR_DELIVERY,
    AVAILABLE_FOR_PICKUP,
    /** It was not delivered, and nobody has said that it comes back. */
    FAILURE,
    RETURN_TO_SENDER,
    CANCELLED,
    DELIVERED;

    /** By the word that carriers' companies use for it: {@code in_transit}. */
    public static Optional<ParcelState> named(String word) {
        return Stream.of(values())
                .filter(it -> it.name().toLowerCase(Locale.ROOT).equals(word))
                .findFirst();
    }

    /** Nothing is expected after it. */
    public boolean isLast() {
        return switch (this) {
            case DELIVERED, CANCELLED -> true;
            case UNKNOWN,
                    PRE_TRANSIT,
                    IN_TRANSIT,
                    OUT_FOR_DELIVERY,
                    AVAILABLE_FOR_PICKUP,
                    FAILURE,
                    RETURN_TO_SENDER ->
                    false;
        };
    }
}
