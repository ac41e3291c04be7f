package com.fluxvantage.outbound;

import com.fluxvantage.kernel.events.DomainEvent;
import com.fluxvantage.kernel.events.PublicName;
import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.quantity.Quantity;

/**
 * Stock was promised to an order, or given back because it no longer keeps long enough, and then
 * nothing is allocated; what is missing has none. Its stream is the order.
 */
@PublicName("order.allocated")
public record OrderAllocated(
        OrderId orderId, long version, OrderState state, Quantity allocated, Quantity missing)
        implements DomainEvent {
    @Override
    public Identifier stream() {
        return orderId;
    }
}
