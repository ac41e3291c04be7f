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
 * Decides that no order is to be made of what a channel has sent, and takes out of it what it says
 * of people. That it came, and for which reason it was dropped, is kept, so the same delivery is
 * not taken in again. Nothing is dropped but by a person, here or in the shop that sold it.
 */
final class DropHeldDelivery {
    static final Operation<Request, Result> OPERATION =
            Operation.post("drop-held-delivery", "/held-deliveries/{delivery_id}/drop")
                    .summary("Decides that no order is made of what a channel has sent.")
                    .requires(INTEGRATIONS_MANAGE)
                    .refuses(NotFound.class)
                    .refuses(DeliveryRefusal.DeliverySettled.class)
                    .handledBy(
                            Request.class, Result.class, Request.EXAMPLE, DropHeldDelivery::handle);

    record Request(DeliveryId deliveryId, DropReason reason) {
        static final Request EXAMPLE =
                new Request(new DeliveryId(new UUID(0, 3)), DropReason.CANCELLED_IN_SHOP);
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
        return done(
                new Result(request.deliveryId, drop(request, call)),
                Subject.of(request.deliveryId));
    }

    private static long drop(Request request, Call call) {
        return call.sql()
                .createQuery(
                        """
                        update wms.channel_delivery
                           set state = 'DROPPED',
                               problem = null,
                               pointer = null,
                               body = null,
                               dropped_for = :reason,
                               settled_at = :now,
                               version = version + 1
                         where delivery_id = :delivery
                        returning version
                        """)
                .bind("delivery", request.deliveryId)
                .bind("reason", request.reason)
                .bind("now", call.now())
                .mapTo(Long.class)
                .one();
    }
}
