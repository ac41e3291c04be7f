package com.fluxvantage.inbound;

import com.fluxvantage.kernel.stock.StockStatus;

/** How goods look when they are counted in. */
public enum Condition {
    GOOD,
    DAMAGED;

    static Condition of(StockStatus status) {
        return status == StockStatus.DAMAGED ? DAMAGED : GOOD;
    }

    /** Damaged goods are counted and kept, and are promised to nobody. */
    StockStatus stockStatus() {
        return switch (this) {
            case GOOD -> StockStatus.AVAILABLE;
            case DAMAGED -> StockStatus.DAMAGED;
        };
    }
}
