package com.fluxvantage.outbound;

/** How far an order has come. It goes forward, and back only where a picker takes a scan back. */
public enum OrderState {
    ACCEPTED,
    ALLOCATED,
    PICKING,
    PICKED,
    PACKED,
    SHIPPED,
    CANCELLED;

    /** Until the first pick, when goods leave their places for it. */
    boolean mayBeCancelled() {
        return switch (this) {
            case ACCEPTED, ALLOCATED -> true;
            case PICKING, PICKED, PACKED, SHIPPED, CANCELLED -> false;
        };
    }

    /** Once everything promised is picked, the order leaves with what it has. */
    boolean takesStock() {
        return switch (this) {
            case ACCEPTED, ALLOCATED, PICKING -> true;
            case PICKED, PACKED, SHIPPED, CANCELLED -> false;
        };
    }

    /** Packing may begin while others still pick. */
    boolean takesCartons() {
        return switch (this) {
            case PICKING, PICKED -> true;
            case ACCEPTED, ALLOCATED, PACKED, SHIPPED, CANCELLED -> false;
        };
    }
}
