package com.fluxvantage.local.foodmart;

import java.util.List;

/**
 * What a store orders from a warehouse, to be shipped to the store. It carries the number of a
 * customer's order: two companies number their orders alike and neither may notice the other.
 */
public record ReplenishmentOrder(
        String reference, String warehouse, Person recipient, List<OrderLine> lines)
        implements Order {
    public ReplenishmentOrder {
        lines = List.copyOf(lines);
    }
}
