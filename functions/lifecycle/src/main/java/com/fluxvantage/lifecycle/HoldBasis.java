package com.fluxvantage.lifecycle;

/** Why data has to be kept though it would be deleted. */
enum HoldBasis {
    LITIGATION,
    INVESTIGATION,
    REGULATOR,
    TAX
}
