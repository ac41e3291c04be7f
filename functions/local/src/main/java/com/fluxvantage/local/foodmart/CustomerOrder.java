package com.fluxvantage.local.foodmart;

import java.util.List;

/**
 * What a customer ordered, to be shipped to the customer's address; of the sample company a basket
 * of one day in one store.
 */
public record CustomerOrder(String reference, Person recipient, List<OrderLine> lines)
        implements Order {
    public CustomerOrder {
        lines = List.copyOf(lines);
    }
}
