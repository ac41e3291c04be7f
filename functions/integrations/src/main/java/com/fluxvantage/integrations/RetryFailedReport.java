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
 * Has a shop told once more what has left, now that what it refused is mended there. It is tried as
 * one that was never tried; a shop that knows of it by now is told nothing.
 */
final class RetryFailedReport {
    static final Operation<Request, Result> OPERATION =
            Operation.post("retry-failed-report", "/failed-reports/{shipment_id}/retry")
                    .summary("Has a shop told once more what has left.")
                    .requires(INTEGRATIONS_MANAGE)
                    .refuses(NotFound.class)
                    .refuses(DeliveryRefusal.ReportNotFailed.class)
                    .handledBy(
                            Request.class,
                            Result.class,
                            Request.EXAMPLE,
                            RetryFailedReport::handle);

    record Request(ShipmentId shipmentId) {
        static final Request EXAMPLE = new Request(new ShipmentId(new UUID(0, 5)));
    }

    record Result(ShipmentId shipmentId) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var state = locked(request.shipmentId, call);
        if (state.isEmpty()) {
            return missing("report", "shipmentId");
        }
        if (!state.get().equals("FAILED")) {
            return refused(new DeliveryRefusal.ReportNotFailed(state.get()));
        }
        call.sql()
                .createUpdate(
                        """
                        update wms.shop_report
                           set state = 'PENDING',
                               attempts = 0,
                               next_attempt_at = :now
                         where shipment_id = :shipment
                        """)
                .bind("now", call.now())
                .bind("shipment", request.shipmentId)
                .execute();
        return done(new Result(request.shipmentId), Subject.of(request.shipmentId));
    }

    private static Optional<String> locked(ShipmentId shipment, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select state
                          from wms.shop_report
                         where shipment_id = :shipment
                           for no key update
                        """)
                .bind("shipment", shipment)
                .mapTo(String.class)
                .findOne();
    }
}
