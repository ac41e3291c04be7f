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

import java.util.Optional;
import java.util.UUID;

/**
 * Says that a person has dealt with an order that its shop had cancelled too late: it was cancelled
 * by hand after all, or it is sent and will come back. It changes nothing of the order.
 */
final class CloseShopCancellation {
    static final Operation<Request, Result> OPERATION =
            Operation.post("close-shop-cancellation", "/shop-cancellations/{shop_order_id}/close")
                    .summary("Says that what a shop cancelled too late is dealt with.")
                    .requires(INTEGRATIONS_MANAGE)
                    .refuses(NotFound.class)
                    .refuses(ConnectionRefusal.NothingToClose.class)
                    .handledBy(
                            Request.class,
                            Result.class,
                            Request.EXAMPLE,
                            CloseShopCancellation::handle);

    record Request(ShopOrderId shopOrderId) {
        static final Request EXAMPLE = new Request(new ShopOrderId(new UUID(0, 4)));
    }

    record Result(ShopOrderId shopOrderId) {}

    private record Standing(Optional<CancelOutcome> outcome, boolean isClosed) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var standing = locked(request.shopOrderId, call);
        if (standing.isEmpty()) {
            return missing("cancellation", "shopOrderId");
        }
        boolean isOpen =
                standing.get().outcome.filter(CancelOutcome.TOO_LATE::equals).isPresent()
                        && !standing.get().isClosed;
        if (!isOpen) {
            return refused(new ConnectionRefusal.NothingToClose());
        }
        call.sql()
                .createUpdate(
                        """
                        update wms.shop_cancellation
                           set closed_at = :now,
                               closed_by = :actor
                         where shop_order_id = :id
                        """)
                .bind("now", call.now())
                .bind("actor", call.actor().reference())
                .bind("id", request.shopOrderId)
                .execute();
        return done(new Result(request.shopOrderId), Subject.of(request.shopOrderId));
    }

    private static Optional<Standing> locked(ShopOrderId order, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select outcome, closed_at is not null as is_closed
                          from wms.shop_cancellation
                         where shop_order_id = :id
                           for no key update
                        """)
                .bind("id", order)
                .mapTo(Standing.class)
                .findOne();
    }
}
