package com.fluxvantage.integrations;

import com.fluxvantage.kernel.events.DomainEvent;
import com.fluxvantage.kernel.events.PublicName;
import com.fluxvantage.kernel.id.Identifier;

/** Something is wrong with a connection, and its tenant's people are to be told. */
@PublicName("connection.troubled")
public record ConnectionTroubled(
        IncidentId incidentId, long version, ConnectionId connectionId, ConnectionTrouble trouble)
        implements DomainEvent {
    @Override
    public Identifier stream() {
        return incidentId;
    }
}
