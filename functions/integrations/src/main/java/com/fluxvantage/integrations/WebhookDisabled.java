package com.fluxvantage.integrations;

import com.fluxvantage.kernel.events.DomainEvent;
import com.fluxvantage.kernel.events.PublicName;
import com.fluxvantage.kernel.id.Identifier;

/** An endpoint is told nothing any more until an administrator enables it. */
@PublicName("webhook.disabled")
public record WebhookDisabled(WebhookEndpointId endpointId, long version, String why)
        implements DomainEvent {
    @Override
    public Identifier stream() {
        return endpointId;
    }
}
