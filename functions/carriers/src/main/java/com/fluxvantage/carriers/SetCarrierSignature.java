package com.fluxvantage.carriers;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Outcome.refused;
import static com.fluxvantage.kernel.operation.Permission.INTEGRATIONS_MANAGE;

import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Capability;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Sealing;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.outside.Credential;
import com.fluxvantage.kernel.outside.SecretPurpose;

import java.util.UUID;

/**
 * Stores the secret with which news of parcels are signed, in the place of the one before. Until it
 * is there, nothing that comes is believed; where a parcel is is asked for now and then all the
 * same.
 */
final class SetCarrierSignature {
    static final Operation<Request, Result> OPERATION =
            Operation.post("set-carrier-signature", "/carriers/{carrier_id}/signature")
                    .summary("Stores the secret with which carriers sign what they tell.")
                    .requires(INTEGRATIONS_MANAGE)
                    .needs(new Capability.SealsSecrets(SecretPurpose.CARRIER_SIGNATURE))
                    .refuses(NotFound.class)
                    .refuses(CarrierRefusal.CarrierEnded.class)
                    .handledBy(
                            Request.class,
                            Result.class,
                            Request.EXAMPLE,
                            SetCarrierSignature::brought,
                            SetCarrierSignature::handle);

    record Request(CarrierId carrierId, Credential secret) {
        static final Request EXAMPLE =
                new Request(
                        new CarrierId(new UUID(0, 2)), new Credential("an-example-of-a-secret"));

        Request {
            CarrierSecrets.checkSignature(secret);
        }
    }

    record Result(CarrierId carrierId, String secretFingerprint, long version) {}

    private static Sealing.Brought brought(Request request) {
        return new Sealing.Brought(
                CarrierSecrets.place(Uuid7.next(), SecretPurpose.CARRIER_SIGNATURE, 1),
                request.secret.secret());
    }

    private static Outcome<Result> handle(Request request, Call call) {
        var found = CarrierConnection.locked(request.carrierId, call);
        if (found.isEmpty()) {
            return missing("carrier", "carrierId");
        }
        var standing = found.get();
        if (standing.state() == CarrierState.ENDED) {
            return refused(new CarrierRefusal.CarrierEnded());
        }
        var sealed = call.sealed();
        String fingerprint = request.secret.fingerprint(sealed.place().row());
        CarrierSecrets.keep(sealed, fingerprint, call);
        standing.signatureId().ifPresent(it -> CarrierSecrets.destroy(it, call));
        long version = save(request.carrierId, sealed.place().row(), call);
        return done(
                new Result(request.carrierId, fingerprint, version), Subject.of(request.carrierId));
    }

    private static long save(CarrierId carrier, UUID signature, Call call) {
        return call.sql()
                .createQuery(
                        """
                        update wms.carrier
                           set signature_id = :signature,
                               version = version + 1
                         where carrier_id = :carrier
                        returning version
                        """)
                .bind("signature", signature)
                .bind("carrier", carrier)
                .mapTo(Long.class)
                .one();
    }
}
