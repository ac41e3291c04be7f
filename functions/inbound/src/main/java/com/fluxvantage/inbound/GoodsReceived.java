package com.fluxvantage.inbound;

import com.fluxvantage.kernel.events.DomainEvent;
import com.fluxvantage.kernel.events.PublicName;
import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.stock.ItemId;

/** Units were counted in against a line of an ASN. Its stream is the line. */
@PublicName("receipt.received")
public record GoodsReceived(
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
