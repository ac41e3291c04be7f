package com.fluxvantage.runtime;

import com.fluxvantage.kernel.tenancy.TenantId;

import tools.jackson.core.JacksonException;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What a queue holds of an event: where to find it, and nothing of what it says. No proof and no
 * key either, so it may be tried again for as long as the queue keeps it.
 *
 * @param no its number in its stream
 * @param type its public name
 * @param wantedBy on the bus, which of the consumers that take it only where it is wanted are to
 *     have it; rules read it there, and consumers do not
 */
public record EventMessage(
        UUID tenant, UUID stream, long no, String type, Optional<List<String>> wantedBy) {
    public EventMessage {
        wantedBy = wantedBy.map(List::copyOf);
    }

    /** For one consumer's own queue. */
    public EventMessage(UUID tenant, UUID stream, long no, String type) {
        this(tenant, stream, no, type, Optional.empty());
    }

    public String json() {
        return KernelJson.guarded().writeValueAsString(this);
    }

    static Optional<EventMessage> parse(String body) {
        try {
            return Optional.of(KernelJson.guarded().readValue(body, EventMessage.class));
        } catch (JacksonException _) {
            return Optional.empty();
        }
    }

    TenantId tenantId() {
        return new TenantId(tenant);
    }
}
