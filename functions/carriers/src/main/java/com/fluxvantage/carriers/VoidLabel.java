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
 * Gives a label back. One that is not bought costs nothing and is void at once; of one that is, the
 * money is asked for, and the carrier may refuse: then it is bought as before, with the reason. One
 * that is being bought has to be waited for, since nobody can say what there is to give back.
 */
final class VoidLabel {
    static final Operation<Request, LabelChange> OPERATION =
            Operation.post("void-label", "/labels/{label_id}/void")
                    .summary("Gives a bought label back to its carrier.")
                    .requires(ORDERS_DISPATCH)
                    .announces(LabelWanted.class)
                    .refuses(NotFound.class)
                    .refuses(CarrierRefusal.CarrierEnded.class)
                    .refuses(LabelRefusal.LabelNotInThisState.class)
                    .refuses(LabelRefusal.ParcelHasLeft.class)
                    .handledBy(
                            Request.class, LabelChange.class, Request.EXAMPLE, VoidLabel::handle);

    record Request(LabelId labelId) {
        static final Request EXAMPLE = new Request(new LabelId(new UUID(0, 4)));
    }

    private static Outcome<LabelChange> handle(Request request, Call call) {
        var found = LabelStanding.locked(request.labelId, call);
        if (found.isEmpty()) {
            return missing("label", "labelId");
        }
        var standing = found.get();
        return switch (standing.state()) {
            case VOIDING, VOIDED -> answer(request.labelId, standing.state(), standing.version());
            case RATING, RATED -> moved(request.labelId, LabelState.VOIDED, call);
            case BOUGHT -> given(request.labelId, standing.carrierId(), call);
            case BUYING, FAILED -> refused(new LabelRefusal.LabelNotInThisState(standing.state()));
        };
    }

    private static Outcome<LabelChange> given(LabelId label, CarrierId carrier, Call call) {
        if (LabelStanding.hasLeft(label, call)) {
            return refused(new LabelRefusal.ParcelHasLeft());
        }
        return BuyLabel.hasEnded(carrier, call)
                ? refused(new CarrierRefusal.CarrierEnded())
                : moved(label, LabelState.VOIDING, call);
    }

    private static Outcome<LabelChange> moved(LabelId label, LabelState next, Call call) {
        return answer(label, next, LabelStanding.move(label, next, Optional.empty(), call));
    }

    private static Outcome<LabelChange> answer(LabelId label, LabelState state, long version) {
        return done(new LabelChange(label, state, version), Subject.of(label));
    }
}
