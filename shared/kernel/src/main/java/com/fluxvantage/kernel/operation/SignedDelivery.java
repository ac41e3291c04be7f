package com.fluxvantage.kernel.operation;

import java.util.UUID;

/**
 * What another system has sent and signed, once its signature was found good.
 *
 * @param connection the public id under which it was sent
 * @param eventId as the sender named it; the same thing sent again has the same id
 * @param body exactly what was signed
 */
public record SignedDelivery(UUID connection, String eventId, String body) {
    /** It may tell of people. */
    @Override
    public String toString() {
        return "***";
    }
}
