package com.fluxvantage.inbound;

import com.fluxvantage.kernel.text.LotCode;

import java.time.LocalDate;
import java.util.Optional;

/**
 * What an item asks of the lot that comes in.
 *
 * @param leavesByExpiry the item's stock leaves first-expired-first, so every lot has a date
 * @param minimumDays how long goods have to keep after they arrive
 */
record LotRule(boolean lotControlled, boolean leavesByExpiry, int minimumDays) {
    /** Judged before the lot is looked up. */
    Optional<InboundRefusal> objectsTo(Optional<LotCode> scanned) {
        if (lotControlled && scanned.isEmpty()) {
            return Optional.of(new InboundRefusal.LotRequired());
        }
        if (!lotControlled && scanned.isPresent()) {
            return Optional.of(new InboundRefusal.LotNotWanted());
        }
        return Optional.empty();
    }

    /**
     * Judged on the lot as it is known. A different date for a known lot is a misprint, not a new
     * lot.
     */
    Optional<InboundRefusal> objectsTo(
            Optional<LocalDate> scanned, Optional<LocalDate> known, LocalDate today) {
        if (known.isEmpty() && scanned.isPresent()) {
            return Optional.of(new InboundRefusal.LotHasNoExpiry());
        }
        if (known.isEmpty()) {
            return leavesByExpiry || minimumDays > 0
                    ? Optional.of(new InboundRefusal.ExpiryRequired())
                    : Optional.empty();
        }
        if (scanned.isPresent() && !scanned.equals(known)) {
            return Optional.of(new InboundRefusal.ExpiryDiffers(known.get()));
        }
        if (known.get().isBefore(today.plusDays(minimumDays))) {
            return Optional.of(new InboundRefusal.LotExpiresTooSoon(known.get(), minimumDays));
        }
        return Optional.empty();
    }
}
