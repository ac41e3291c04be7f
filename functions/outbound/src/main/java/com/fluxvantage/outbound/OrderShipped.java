package com.fluxvantage.outbound;

import com.fluxvantage.kernel.events.DomainEvent;
import com.fluxvantage.kernel.events.PublicName;
import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.quantity.Quantity;

/** An order was handed to a carrier. Its stream is the order. */
@PublicName("order.shipped")
public record OrderShipped(
        OrderId orderId, long version, ShipmentId shipmentId, int cartons, Quantity units)
        implements DomainEvent {
    @Override
    public Identifier stream() {
        return orderId;
    }
}
