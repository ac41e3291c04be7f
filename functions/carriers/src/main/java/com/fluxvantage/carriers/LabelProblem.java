package com.fluxvantage.carriers;

import com.fluxvantage.kernel.outside.Carriers.Cause;
import com.fluxvantage.kernel.outside.Carriers.Why;

/** Why what was asked for last has not come about. */
enum LabelProblem {
    /** The key is not, or no more, one of theirs. */
    KEY_REFUSED,
    /** The account there is not funded, or may not do this. */
    ACCOUNT_REFUSED,
    /** No carrier can use the address or the parcel. */
    PARCEL_REFUSED,
    /** No carrier of the account takes it there. */
    NO_RATES,
    /** They do not know the parcel, or no more; or its rate has lapsed. */
    UNKNOWN_SHIPMENT,
    /** The carrier does not sell it, or does not take it back. */
    CARRIER_REFUSED,
    /** They ask to be left alone for a while; it is tried again. */
    THROTTLED,
    /** They or the carrier have failed; it is tried again. */
    FAILING,
    /** Nobody answers; it is tried again. */
    UNANSWERED,
    /** What they answer cannot be understood; it is tried again. */
    UNREADABLE;

    static LabelProblem of(Why why) {
        return switch (why) {
            case KEY_REFUSED -> KEY_REFUSED;
            case ACCOUNT_REFUSED -> ACCOUNT_REFUSED;
            case PARCEL_REFUSED -> PARCEL_REFUSED;
            case NO_RATES -> NO_RATES;
            case UNKNOWN_SHIPMENT -> UNKNOWN_SHIPMENT;
            case CARRIER_REFUSED -> CARRIER_REFUSED;
            // Bought, and not found bought: they contradict themselves for the moment.
            case ALREADY_BOUGHT -> FAILING;
        };
    }

    static LabelProblem of(Cause cause) {
        return switch (cause) {
            case THROTTLED -> THROTTLED;
            case FAILING -> FAILING;
            case UNANSWERED -> UNANSWERED;
            case UNREADABLE -> UNREADABLE;
        };
    }
}
