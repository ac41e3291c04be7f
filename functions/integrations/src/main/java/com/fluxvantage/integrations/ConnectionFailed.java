package com.fluxvantage.integrations;

import com.fluxvantage.kernel.events.DomainEvent;
import com.fluxvantage.kernel.events.PublicName;
import com.fluxvantage.kernel.id.Identifier;

/**
 * A shop takes our credential no more, and nothing comes in from it until somebody brings another.
 * Its stream is the connection.
 */
@PublicName("connection.failed")
public record ConnectionFailed(ConnectionId connectionId, long version, ShopOutcome why)
        implements DomainEvent {
    @Override
    public Identifier stream() {
        return connectionId;
    }
}
