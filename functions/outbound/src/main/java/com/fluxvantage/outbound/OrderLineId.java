package com.fluxvantage.outbound;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Prefix;
import com.fluxvantage.kernel.stock.DemandId;

import java.util.UUID;

/** One line of an order. */
@Prefix("orl")
public record OrderLineId(UUID uuid) implements Identifier {
    /** As reservations know it: goods are promised to the line. */
    DemandId demand() {
        return new DemandId(uuid);
    }
}
