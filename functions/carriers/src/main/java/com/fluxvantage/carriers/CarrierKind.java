package com.fluxvantage.carriers;

/** Who speaks to carriers for us. */
enum CarrierKind {
    EASYPOST
}
