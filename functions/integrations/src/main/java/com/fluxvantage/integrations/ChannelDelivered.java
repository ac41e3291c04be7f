package com.fluxvantage.integrations;

import com.fluxvantage.kernel.events.DomainEvent;
import com.fluxvantage.kernel.events.PublicName;
import com.fluxvantage.kernel.id.Identifier;

/** A channel has sent something that nothing was made of yet. Its stream is the delivery. */
@PublicName("channel.delivered")
public record ChannelDelivered(DeliveryId deliveryId, long version, ConnectionId connectionId)
        implements DomainEvent {
    @Override
    public Identifier stream() {
        return deliveryId;
    }
}
