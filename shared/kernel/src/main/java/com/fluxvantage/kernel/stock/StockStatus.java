package com.fluxvantage.kernel.stock;

/** What may be done with goods. Only {@link #AVAILABLE} is promised to orders. */
public enum StockStatus {
    AVAILABLE,
    QC,
    HOLD,
    DAMAGED,
    EXPIRED,
    RETURN_PENDING
}
