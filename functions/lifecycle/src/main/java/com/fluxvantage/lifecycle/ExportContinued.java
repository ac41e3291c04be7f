package com.fluxvantage.lifecycle;

import com.fluxvantage.kernel.events.DomainEvent;
import com.fluxvantage.kernel.events.PublicName;
import com.fluxvantage.kernel.id.Identifier;

/**
 * An export has come so far and has more to do: the next run goes on from there.
 *
 * @param files that it had by then
 */
@PublicName("export.continued")
public record ExportContinued(ExportId exportId, long version, long files) implements DomainEvent {
    @Override
    public Identifier stream() {
        return exportId;
    }
}
