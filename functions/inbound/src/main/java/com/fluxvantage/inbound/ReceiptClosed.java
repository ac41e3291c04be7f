package com.fluxvantage.inbound;

import com.fluxvantage.kernel.events.DomainEvent;
import com.fluxvantage.kernel.events.PublicName;
import com.fluxvantage.kernel.id.Identifier;

/** Everything of one act of receiving is counted. The stream is the ASN. */
@PublicName("receipt.closed")
public record ReceiptClosed(AsnId asnId, long version, ReceiptId receiptId, String asnState)
        implements DomainEvent {
    @Override
    public Identifier stream() {
        return asnId;
    }
}
