package com.fluxvantage.carriers;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Outcome.refused;
import static com.fluxvantage.kernel.operation.Permission.ORDERS_DISPATCH;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;

import java.util.Optional;
import java.util.UUID;

/**
 * Wants a label at one of the rates that were offered. That it is wanted is committed before
 * anybody is asked; the job that buys it looks first whether it was bought, so no lost answer and
 * no crash buys it twice.
 */
final class BuyLabel {
    static final Operation<Request, LabelChange> OPERATION =
            Operation.post("buy-label", "/labels/{label_id}/purchase")
                    .summary("Buys a label at one of its rates.")
                    .requires(ORDERS_DISPATCH)
                    .announces(LabelWanted.class)
                    .refuses(NotFound.class)
                    .refuses(CarrierRefusal.CarrierEnded.class)
                    .refuses(LabelRefusal.LabelNotInThisState.class)
                    .refuses(LabelRefusal.ParcelHasLeft.class)
                    .handledBy(Request.class, LabelChange.class, Request.EXAMPLE, BuyLabel::handle);

    /** {@code rateNo} as the label lists it. */
    record Request(LabelId labelId, int rateNo) {
        static final Request EXAMPLE = new Request(new LabelId(new UUID(0, 4)), 1);
    }

    private static Outcome<LabelChange> handle(Request request, Call call) {
        var found = LabelStanding.locked(request.labelId, call);
        if (found.isEmpty()) {
            return missing("label", "labelId");
        }
        var standing = found.get();
        if (standing.state() != LabelState.RATED) {
            return refused(new LabelRefusal.LabelNotInThisState(standing.state()));
        }
        var rate = rate(request, call);
        if (rate.isEmpty()) {
            return missing("rate", "rateNo");
        }
        if (LabelStanding.hasLeft(request.labelId, call)) {
            return refused(new LabelRefusal.ParcelHasLeft());
        }
        if (hasEnded(standing.carrierId(), call)) {
            return refused(new CarrierRefusal.CarrierEnded());
        }
        long version = LabelStanding.move(request.labelId, LabelState.BUYING, rate, call);
        return done(
                new LabelChange(request.labelId, LabelState.BUYING, version),
                Subject.of(request.labelId));
    }

    private static Optional<String> rate(Request request, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select rate_ref
                          from wms.carrier_rate
                         where label_id = :label
                           and rate_no = :no
                        """)
                .bind("label", request.labelId)
                .bind("no", request.rateNo)
                .mapTo(String.class)
                .findOne();
    }

    // Against its end, which takes the key away.
    static boolean hasEnded(CarrierId carrier, Call call) {
        return call.sql()
                        .createQuery(
                                """
                                select state
                                  from wms.carrier
                                 where carrier_id = :carrier
                                   for share
                                """)
                        .bind("carrier", carrier)
                        .mapTo(CarrierState.class)
                        .one()
                == CarrierState.ENDED;
    }
}
