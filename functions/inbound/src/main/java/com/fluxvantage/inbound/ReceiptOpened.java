package com.fluxvantage.inbound;

import com.fluxvantage.kernel.events.DomainEvent;
import com.fluxvantage.kernel.events.PublicName;
import com.fluxvantage.kernel.id.Identifier;

/** A truck is at the dock. The stream is the ASN. */
@PublicName("receipt.opened")
public record ReceiptOpened(AsnId asnId, long version, ReceiptId receiptId) implements DomainEvent {
    @Override
    public Identifier stream() {
        return asnId;
    }
}
