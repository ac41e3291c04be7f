package com.fluxvantage.outbound;

import com.fluxvantage.kernel.events.DomainEvent;
import com.fluxvantage.kernel.events.PublicName;
import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.quantity.Quantity;

/**
 * An order was cancelled before its first pick; {@code released} of its units were promised and are
 * free again. Its stream is the order.
 */
@PublicName("order.cancelled")
public record OrderCancelled(
        OrderId orderId, long version, CancelReason reason, Quantity cancelled, Quantity released)
        implements DomainEvent {
    @Override
    public Identifier stream() {
        return orderId;
    }
}
