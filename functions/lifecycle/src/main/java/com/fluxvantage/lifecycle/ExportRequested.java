package com.fluxvantage.lifecycle;

import com.fluxvantage.kernel.events.DomainEvent;
import com.fluxvantage.kernel.events.PublicName;
import com.fluxvantage.kernel.id.Identifier;

/**
 * A tenant wants its data.
 *
 * @param files that it had by then
 */
@PublicName("export.requested")
public record ExportRequested(ExportId exportId, long version, long files) implements DomainEvent {
    @Override
    public Identifier stream() {
        return exportId;
    }
}
