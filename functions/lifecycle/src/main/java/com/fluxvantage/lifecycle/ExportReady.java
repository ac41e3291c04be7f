package com.fluxvantage.lifecycle;

import com.fluxvantage.kernel.events.DomainEvent;
import com.fluxvantage.kernel.events.PublicName;
import com.fluxvantage.kernel.id.Identifier;

/** An export is whole and signed, and can be fetched until it expires. */
@PublicName("export.ready")
public record ExportReady(ExportId exportId, long version) implements DomainEvent {
    @Override
    public Identifier stream() {
        return exportId;
    }
}
