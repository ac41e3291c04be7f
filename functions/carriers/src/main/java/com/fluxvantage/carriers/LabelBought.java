package com.fluxvantage.carriers;

import com.fluxvantage.kernel.events.DomainEvent;
import com.fluxvantage.kernel.events.PublicName;
import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.stock.LpnId;

/** There is a label for a carton, and it was paid for. */
@PublicName("label.bought")
public record LabelBought(LabelId labelId, long version, OrderId orderId, LpnId cartonId)
        implements DomainEvent {
    @Override
    public Identifier stream() {
        return labelId;
    }
}
