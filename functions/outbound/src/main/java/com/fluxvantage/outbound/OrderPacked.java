package com.fluxvantage.outbound;

import com.fluxvantage.kernel.events.DomainEvent;
import com.fluxvantage.kernel.events.PublicName;
import com.fluxvantage.kernel.id.Identifier;

/** Everything that was promised to an order is in cartons. Its stream is the order. */
@PublicName("order.packed")
public record OrderPacked(OrderId orderId, long version) implements DomainEvent {
    @Override
    public Identifier stream() {
        return orderId;
    }
}
