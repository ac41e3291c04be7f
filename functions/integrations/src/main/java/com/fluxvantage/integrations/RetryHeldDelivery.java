package com.fluxvantage.integrations;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Outcome.refused;
import static com.fluxvantage.kernel.operation.Permission.INTEGRATIONS_MANAGE;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;

import java.util.UUID;

/**
 * Has an order made of what was held, now that what was wrong is mended: the item is registered,
 * the other order has gone. Whether it is mended shows when the order is made; if not, it is held
 * again.
 */
final class RetryHeldDelivery {
    static final Operation<Request, Result> OPERATION =
            Operation.post("retry-held-delivery", "/held-deliveries/{delivery_id}/retry")
                    .summary("Has an order made of what was held.")
                    .requires(INTEGRATIONS_MANAGE)
                    .announces(ChannelDelivered.class)
                    .refuses(NotFound.class)
                    .refuses(DeliveryRefusal.DeliverySettled.class)
                    .refuses(DeliveryRefusal.MendedInShop.class)
                    .handledBy(
                            Request.class,
                            Result.class,
                            Request.EXAMPLE,
                            RetryHeldDelivery::handle);

    record Request(DeliveryId deliveryId) {
        static final Request EXAMPLE = new Request(new DeliveryId(new UUID(0, 3)));
    }

    record Result(DeliveryId deliveryId, long version) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var delivery = WaitingDelivery.locked(request.deliveryId, call);
        if (delivery.isEmpty()) {
            return missing("delivery", "deliveryId");
        }
        if (delivery.get().isSettled()) {
            return refused(new DeliveryRefusal.DeliverySettled(delivery.get().state()));
        }
        if (delivery.get().isMendedInShop()) {
            return refused(new DeliveryRefusal.MendedInShop());
        }
        long version = again(request.deliveryId, call);
        call.announce(
                new ChannelDelivered(request.deliveryId, version, delivery.get().connectionId()));
        return done(new Result(request.deliveryId, version), Subject.of(request.deliveryId));
    }

    private static long again(DeliveryId delivery, Call call) {
        return call.sql()
                .createQuery(
                        """
                        update wms.channel_delivery
                           set state = 'RECEIVED',
                               problem = null,
                               pointer = null,
                               tried_at = :now,
                               tries = 0,
                               version = version + 1
                         where delivery_id = :delivery
                        returning version
                        """)
                .bind("delivery", delivery)
                .bind("now", call.now())
                .mapTo(Long.class)
                .one();
    }
}
