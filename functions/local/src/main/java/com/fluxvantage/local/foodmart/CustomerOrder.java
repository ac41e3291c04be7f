package com.fluxvantage.local.foodmart;

import java.util.List;

/** A customer's basket of one day in one store, to be shipped to the customer's address. */
public record CustomerOrder(String reference, Person recipient, List<OrderLine> lines)
        implements Order {
    public CustomerOrder {
        lines = List.copyOf(lines);
    }
}
