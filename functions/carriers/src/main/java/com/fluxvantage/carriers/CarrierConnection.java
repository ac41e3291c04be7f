package com.fluxvantage.carriers;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.outside.CarrierShipment;
import com.fluxvantage.kernel.outside.Carriers.Answer;
import com.fluxvantage.kernel.outside.Carriers.Cause;
import com.fluxvantage.kernel.outside.Carriers.Why;
import com.fluxvantage.kernel.pace.Pace;

import java.util.Optional;
import java.util.UUID;

/** How a connection with carriers stands, for whoever is about to change it. */
record CarrierConnection(CarrierState state, UUID keyId, Optional<UUID> signatureId, long version) {
    /**
     * Five steps a second in the long run, each of one call or two. EasyPost names no number for
     * what is rated and bought, but slows down whoever asks too much; lists, which nobody here asks
     * for, are five a second (docs.easypost.com, Rate Limiting and Backoff Guide).
     */
    static final Pace PACE = new Pace(300, 60);

    static Optional<CarrierConnection> locked(CarrierId carrier, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select state, key_id, signature_id, version
                          from wms.carrier
                         where carrier_id = :carrier
                           for no key update
                        """)
                .bind("carrier", carrier)
                .mapTo(CarrierConnection.class)
                .findOne();
    }

    /** Whether a step may be taken now: not too many at once, and none while it is left alone. */
    static boolean mayAsk(CarrierId carrier, Call call) {
        return PACE.ask(carrier, 1, call) == 1;
    }

    /** What was heard is known to whoever asks next, for whatever label. */
    static void note(CarrierId carrier, LabelStep.Carried carried, Call call) {
        if (carried.isAsked()) {
            Pace.note(carrier, 0, met(carried.answer()), call);
        } else {
            Pace.giveBack(carrier, 1, call);
        }
    }

    // Who says no to one parcel has understood it, and is well.
    private static Pace.Met met(Answer<CarrierShipment> answer) {
        return switch (answer) {
            case Answer.Given<CarrierShipment> _ -> new Pace.Met.Answered();
            case Answer.Refused<CarrierShipment>(var why) ->
                    why == Why.KEY_REFUSED ? new Pace.Met.Refused() : new Pace.Met.Answered();
            case Answer.Later<CarrierShipment>(var cause, var notBefore) ->
                    cause == Cause.THROTTLED
                            ? new Pace.Met.Throttled(notBefore)
                            : new Pace.Met.Failed(cause.name());
        };
    }
}
