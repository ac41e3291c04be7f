package com.fluxvantage.carriers;

import static com.fluxvantage.kernel.operation.Outcome.done;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Capability;
import com.fluxvantage.kernel.operation.Errand;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.operation.Trigger.Event;
import com.fluxvantage.kernel.outside.Bucket;
import com.fluxvantage.kernel.outside.SecretPurpose;

import java.util.Optional;
import java.util.UUID;

/**
 * Asks outside for what a label is waiting for: its price, the label, its file, its money back,
 * where the parcel is. What there is to ask follows from the row, under a lease; what came of it is
 * written only by who still has that lease. Killed anywhere it is repeated, and buys nothing twice:
 * it always looks first whether the label was bought.
 */
final class AskCarrier {
    static final Operation<Request, Result> OPERATION =
            Operation.consumer("ask-carrier", Event.of("label.wanted"))
                    .summary("Asks carriers for what a label is waiting for.")
                    .needs(new Capability.OpensSecrets(SecretPurpose.CARRIER_KEY))
                    .needs(new Capability.AsksCarriers())
                    .needs(new Capability.StoresObjects(Bucket.LABELS))
                    .announces(LabelBought.class)
                    .runBy(
                            Request.class,
                            Result.class,
                            Request.EXAMPLE,
                            new Errand<>(
                                    AskCarrier::take, LabelStep::carryOut, AskCarrier::record));

    record Request(LabelId labelId) {
        static final Request EXAMPLE = new Request(new LabelId(new UUID(0, 4)));
    }

    /** Absent: there was nothing to ask for. */
    record Result(LabelId labelId, Optional<LabelState> state) {}

    private static Errand.Taken<LabelStep, Result> take(Request request, Call call) {
        var found = LabelLease.due(request.labelId, call);
        if (found.isEmpty()) {
            return Errand.nothing(new Result(request.labelId, Optional.empty()));
        }
        if (found.get().isLeased()) {
            return Errand.held();
        }
        // Whoever tends labels comes back to those whose connection is to be left alone.
        return CarrierConnection.mayAsk(found.get().carrierId(), call)
                ? Errand.task(LabelLease.take(found.get(), call))
                : Errand.nothing(new Result(request.labelId, Optional.empty()));
    }

    private static Outcome<Result> record(LabelStep step, LabelStep.Carried carried, Call call) {
        var state = LabelRecord.of(step, carried, call);
        CarrierConnection.note(step.lease().carrierId(), carried, call);
        return done(
                new Result(step.lease().labelId(), Optional.of(state)),
                Subject.of(step.lease().labelId()));
    }
}
