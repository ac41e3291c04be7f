package com.fluxvantage.outbound;

import com.fluxvantage.kernel.events.DomainEvent;
import com.fluxvantage.kernel.events.PublicName;
import com.fluxvantage.kernel.id.Identifier;

/**
 * The first goods of an order were picked, or the last, or a picker took a scan back and the order
 * is no longer that far. Its stream is the order.
 */
@PublicName("order.picking")
public record PickingAdvanced(OrderId orderId, long version, OrderState state)
        implements DomainEvent {
    @Override
    public Identifier stream() {
        return orderId;
    }
}
