package com.fluxvantage.integrations;

import com.fluxvantage.kernel.operation.Call;

import java.util.Optional;

/** What a channel has sent, locked by whoever decides on it. */
record WaitingDelivery(String state, Optional<DeliveryProblem> problem, ConnectionId connectionId) {
    /** An order was made of it, or none is to be. */
    boolean isSettled() {
        return state.equals("APPLIED") || state.equals("DROPPED");
    }

    /** What is wrong is in the shop; once it is mended there, it comes again. */
    boolean isMendedInShop() {
        return problem.filter(it ->
                        it == DeliveryProblem.BAD_ADDRESS || it == DeliveryProblem.UNUSABLE_ORDER)
                .isPresent();
    }

    static Optional<WaitingDelivery> locked(DeliveryId delivery, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select state, problem, connection_id
                          from wms.channel_delivery
                         where delivery_id = :delivery
                           for no key update
                        """)
                .bind("delivery", delivery)
                .mapTo(WaitingDelivery.class)
                .findOne();
    }
}
