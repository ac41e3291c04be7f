package com.fluxvantage.inbound;

import com.fluxvantage.kernel.events.DomainEvent;
import com.fluxvantage.kernel.events.PublicName;
import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.stock.ItemId;

/**
 * Units that a scan had counted in against a line of an ASN were not there. Its stream is the line.
 */
@PublicName("receipt.reversed")
public record GoodsTakenBack(
        AsnLineId lineId,
        long version,
        ReceiptId receiptId,
        ItemId itemId,
        Quantity quantity,
        Condition condition)
        implements DomainEvent {
    @Override
    public Identifier stream() {
        return lineId;
    }
}
