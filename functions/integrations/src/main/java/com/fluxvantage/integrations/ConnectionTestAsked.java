package com.fluxvantage.integrations;

import com.fluxvantage.kernel.events.DomainEvent;
import com.fluxvantage.kernel.events.PublicName;
import com.fluxvantage.kernel.id.Identifier;

/** A person wants to know whether a shop takes our credential. Its stream is the test. */
@PublicName("connection.test_asked")
public record ConnectionTestAsked(
        ConnectionTestId connectionTestId, long version, ConnectionId connectionId)
        implements DomainEvent {
    @Override
    public Identifier stream() {
        return connectionTestId;
    }
}
