package com.fluxvantage.outbound;

import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.text.Code;
import com.fluxvantage.kernel.text.Gtin;
import com.fluxvantage.kernel.text.ItemScan;
import com.fluxvantage.kernel.text.LotCode;
import com.fluxvantage.kernel.text.Sku;

import java.time.LocalDate;
import java.util.Optional;

/**
 * Whether what was scanned is what the pick asks for, judged in the order in which a picker meets
 * it: the place, the item, the lot, the date, the count.
 */
final class PickRule {
    /** What the pick asks for; {@code quantity} is what is left of it. */
    record Asked(
            Code location,
            Sku sku,
            Optional<Gtin> gtin,
            boolean lotControlled,
            Optional<LotCode> lot,
            Optional<LocalDate> expiresOn,
            int minShelfLifeDays,
            Quantity quantity) {}

    record Scanned(Code location, ItemScan item, Optional<LotCode> lot, Quantity quantity) {}

    private PickRule() {}

    /**
     * Empty: it fits.
     *
     * @param leavesOn the goods were good enough when they were promised, but midnight may have
     *     passed
     */
    static Optional<OutboundRefusal> objection(Asked asked, Scanned scanned, LocalDate leavesOn) {
        if (!scanned.location.equals(asked.location)) {
            return Optional.of(new OutboundRefusal.WrongLocation(asked.location));
        }
        if (!scanned.item.names(asked.sku, asked.gtin)) {
            return Optional.of(new OutboundRefusal.WrongItem(asked.sku));
        }
        if (asked.lotControlled && scanned.lot.isEmpty()) {
            return Optional.of(new OutboundRefusal.LotRequired(asked.sku));
        }
        if (!scanned.lot.equals(asked.lot)) {
            return Optional.of(new OutboundRefusal.WrongLot(asked.lot));
        }
        var soonest = leavesOn.plusDays(asked.minShelfLifeDays);
        if (asked.expiresOn.isPresent() && asked.expiresOn.get().isBefore(soonest)) {
            return Optional.of(
                    new OutboundRefusal.LotExpired(asked.expiresOn.get(), asked.minShelfLifeDays));
        }
        return scanned.quantity.exceeds(asked.quantity)
                ? Optional.of(new OutboundRefusal.OverPick(asked.quantity))
                : Optional.empty();
    }
}
