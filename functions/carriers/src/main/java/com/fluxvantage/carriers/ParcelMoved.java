package com.fluxvantage.carriers;

import com.fluxvantage.kernel.events.DomainEvent;
import com.fluxvantage.kernel.events.PublicName;
import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.outside.ParcelState;

/** A carrier has said that a parcel is further than before. */
@PublicName("parcel.moved")
public record ParcelMoved(LabelId labelId, long version, OrderId orderId, ParcelState state)
        implements DomainEvent {
    @Override
    public Identifier stream() {
        return labelId;
    }
}
