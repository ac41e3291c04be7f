package com.fluxvantage.locations;

/** What a location is for. The last six are virtual: nobody can walk there. */
enum LocationKind {
    BIN,
    /** Where trucks stand. */
    DOCK,
    /** Where picked goods wait to be packed and to leave. */
    STAGE,
    SUPPLIER,
    CUSTOMER,
    ADJUST,
    SCRAP,
    TRANSIT,
    KIT;

    /** Whether a tenant may add more of them; a warehouse has one of each of the others. */
    boolean isAddable() {
        return this == BIN || this == DOCK;
    }

    /** Whether orders are usually served from there: what stands at a dock is not put away yet. */
    boolean isUsuallyPickable() {
        return this == BIN;
    }
}
