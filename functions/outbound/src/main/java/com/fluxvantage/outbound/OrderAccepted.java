package com.fluxvantage.outbound;

import com.fluxvantage.kernel.events.DomainEvent;
import com.fluxvantage.kernel.events.PublicName;
import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.stock.WarehouseId;

/** A customer's order came in. Its stream is the order. */
@PublicName("order.received")
public record OrderAccepted(
        OrderId orderId, long version, WarehouseId warehouseId, int lines, Quantity units)
        implements DomainEvent {
    @Override
    public Identifier stream() {
        return orderId;
    }
}
