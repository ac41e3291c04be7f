package com.fluxvantage.local.foodmart;

import java.util.List;

/**
 * What a warehouse is asked to ship: to a customer, or to a store that wants its shelves filled.
 */
public sealed interface Order permits CustomerOrder, ReplenishmentOrder {

    /** The order number on the paper; the same in every run. */
    String reference();

    Person recipient();

    List<OrderLine> lines();
}
