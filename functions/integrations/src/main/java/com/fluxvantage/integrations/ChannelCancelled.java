package com.fluxvantage.integrations;

import com.fluxvantage.kernel.events.DomainEvent;
import com.fluxvantage.kernel.events.PublicName;
import com.fluxvantage.kernel.id.Identifier;

/**
 * A shop has cancelled an order that was made here; whether it still can be is found out. Its
 * stream is the shop's order.
 */
@PublicName("channel.cancelled")
public record ChannelCancelled(ShopOrderId shopOrderId, long version, ConnectionId connectionId)
        implements DomainEvent {
    @Override
    public Identifier stream() {
        return shopOrderId;
    }
}
