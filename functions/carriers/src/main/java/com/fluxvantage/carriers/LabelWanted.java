package com.fluxvantage.carriers;

import com.fluxvantage.kernel.events.DomainEvent;
import com.fluxvantage.kernel.events.PublicName;
import com.fluxvantage.kernel.id.Identifier;

/** Something of a label is to be asked for outside. */
@PublicName("label.wanted")
public record LabelWanted(LabelId labelId, long version) implements DomainEvent {
    @Override
    public Identifier stream() {
        return labelId;
    }
}
