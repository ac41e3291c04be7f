package com.fluxvantage.carriers;

/** How far a label has come. */
enum LabelState {
    /** The price is being asked for. */
    RATING,
    /** It can be bought. */
    RATED,
    /** It is being bought; whether it was already nobody may say. */
    BUYING,
    BOUGHT,
    /** It is being given back. */
    VOIDING,
    VOIDED,
    /** There is no price for it. */
    FAILED
}
