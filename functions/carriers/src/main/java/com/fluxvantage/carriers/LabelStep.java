package com.fluxvantage.carriers;

import com.fluxvantage.kernel.outside.Bucket;
import com.fluxvantage.kernel.outside.Bytes;
import com.fluxvantage.kernel.outside.CarrierShipment;
import com.fluxvantage.kernel.outside.Carriers.Answer;
import com.fluxvantage.kernel.outside.Carriers.Cause;
import com.fluxvantage.kernel.outside.Carriers.Why;
import com.fluxvantage.kernel.outside.LabelFormat;
import com.fluxvantage.kernel.outside.Outside;
import com.fluxvantage.kernel.outside.Parcel;
import com.fluxvantage.kernel.outside.SealedSecret;
import com.fluxvantage.kernel.outside.Secret;
import com.fluxvantage.kernel.outside.SecretPurpose;
import com.fluxvantage.kernel.outside.Unopenable;
import com.fluxvantage.kernel.outside.Unreachable;

import java.util.Optional;
import java.util.UUID;

/** The one thing that is to be asked for a label now, with all that it takes to ask. */
sealed interface LabelStep {
    Lease lease();

    /**
     * The right to write down what came of it.
     *
     * @param fence grows with each lease
     * @param attempts that were in vain so far
     */
    record Lease(LabelId labelId, CarrierId carrierId, long fence, int attempts, Key key) {}

    /** As it is stored. */
    record Key(UUID secretId, int version, SealedSecret sealed) {}

    /** {@code parcel} is absent where the recipient was erased meanwhile. */
    record Rating(Lease lease, Optional<Parcel> parcel) implements LabelStep {
        /** Without addresses. */
        @Override
        public String toString() {
            return "Rating[" + lease.labelId + "]";
        }
    }

    record Buying(Lease lease, String shipment, String rate, LabelFormat format)
            implements LabelStep {}

    /** It is bought, and its file is not here. */
    record Fetching(Lease lease, String shipment, LabelFormat format) implements LabelStep {}

    record Voiding(Lease lease, String shipment) implements LabelStep {}

    /** How the parcel fares, or the money. */
    record Looking(Lease lease, String shipment) implements LabelStep {}

    /**
     * What came of it.
     *
     * @param isStored whether the file of the label is here now
     * @param isAsked whether anybody was asked; else the answer is our own
     */
    record Carried(Answer<CarrierShipment> answer, boolean isStored, boolean isAsked) {
        static Carried of(Answer<CarrierShipment> answer) {
            return new Carried(answer, false, true);
        }

        static Carried unasked(Why why) {
            return new Carried(new Answer.Refused<>(why), false, false);
        }
    }

    /** Outside, and in no transaction. */
    static Carried carryOut(LabelStep step, Outside outside) {
        Secret key;
        try {
            var sealed = step.lease().key;
            key =
                    outside.open(
                            CarrierSecrets.place(
                                    sealed.secretId, SecretPurpose.CARRIER_KEY, sealed.version),
                            sealed.sealed);
        } catch (Unopenable _) {
            return Carried.unasked(Why.KEY_REFUSED);
        }
        return switch (step) {
            case Rating(_, var parcel) ->
                    parcel.map(it -> Carried.of(outside.carriers().rate(key, it)))
                            .orElseGet(() -> Carried.unasked(Why.PARCEL_REFUSED));
            case Buying buying ->
                    fetched(bought(buying, key, outside), buying.lease, buying.format, outside);
            case Fetching(var lease, var shipment, var format) ->
                    fetched(outside.carriers().find(key, shipment), lease, format, outside);
            case Voiding(_, var shipment) -> Carried.of(outside.carriers().refund(key, shipment));
            case Looking(_, var shipment) -> Carried.of(outside.carriers().find(key, shipment));
        };
    }

    // Nobody knows whether this is the first time. If it is not, it is found bought; if the answer
    // of an earlier time is still on its way there, they say so, and it is asked for again later.
    private static Answer<CarrierShipment> bought(Buying buying, Secret key, Outside outside) {
        var found = outside.carriers().find(key, buying.shipment);
        if (!(found instanceof Answer.Given<CarrierShipment>(var shipment))
                || shipment.bought().isPresent()) {
            return found;
        }
        var answer = outside.carriers().buy(key, buying.shipment, buying.rate);
        return switch (answer) {
            case Answer.Refused<CarrierShipment>(var why) when why == Why.ALREADY_BOUGHT ->
                    new Answer.Later<>(Cause.FAILING, Optional.empty());
            case Answer.Given<CarrierShipment>(var sold) when sold.bought().isEmpty() ->
                    new Answer.Later<>(Cause.UNREADABLE, Optional.empty());
            default -> answer;
        };
    }

    // That it is bought counts, whatever becomes of its file: that is fetched again.
    private static Carried fetched(
            Answer<CarrierShipment> answer, Lease lease, LabelFormat format, Outside outside) {
        if (!(answer instanceof Answer.Given<CarrierShipment>(var shipment))
                || shipment.bought().isEmpty()) {
            return Carried.of(answer);
        }
        var file = outside.carriers().label(shipment.bought().get().file());
        if (!(file instanceof Answer.Given<Bytes>(var bytes))) {
            return Carried.of(answer);
        }
        try {
            outside.objects(Bucket.LABELS)
                    .put(
                            LabelFiles.key(lease.labelId, format),
                            format.contentType(),
                            bytes.toArray());
            return new Carried(answer, true, true);
        } catch (Unreachable _) {
            return Carried.of(answer);
        }
    }
}
