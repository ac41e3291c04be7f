package com.fluxvantage.carriers;

import static com.fluxvantage.kernel.operation.Outcome.found;
import static com.fluxvantage.kernel.operation.Outcome.missing;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Caller;
import com.fluxvantage.kernel.operation.Capability;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.outside.SecretPurpose;

import java.util.UUID;

/**
 * Takes in where a parcel is, from who speaks to carriers for the tenant, once the signature over
 * the bytes was found good. Only how far it has come is kept, and only if that is further: their
 * events name places and people, come late, twice, and in any order. What is not about a parcel of
 * this connection is answered well and forgotten, for they stop sending to who complains.
 */
final class ReceiveCarrierEvent {
    static final Operation<Request, Result> OPERATION =
            Operation.post("receive-carrier-event", "/carriers/{carrier_id}/events")
                    .summary("Takes in where a parcel is, signed by who speaks to carriers.")
                    .provedBySignature(Caller.Scheme.EASYPOST)
                    .needs(new Capability.OpensSecrets(SecretPurpose.CARRIER_SIGNATURE))
                    .refuses(NotFound.class)
                    .handledBy(
                            Request.class,
                            Result.class,
                            Request.EXAMPLE,
                            ReceiveCarrierEvent::handle);

    /** What they send is theirs: it is read where it is kept. */
    record Request(CarrierId carrierId) {
        static final Request EXAMPLE = new Request(new CarrierId(new UUID(0, 2)));
    }

    enum Receipt {
        /** The parcel is further than was known. */
        MOVED,
        /** That is known, or was overtaken by other news. */
        KNOWN,
        /** It tells of no parcel of this connection. */
        NOTHING
    }

    record Result(Receipt receipt) {}

    private static Outcome<Result> handle(Request request, Call call) {
        String answer =
                call.sql()
                        .createQuery("select fv.put_parcel_event(:carrier, :body)")
                        .bind("carrier", request.carrierId)
                        .bind("body", call.delivery().body())
                        .mapTo(String.class)
                        .one();
        return answer.equals("ENDED")
                ? missing("carrier", "carrierId")
                : found(new Result(Receipt.valueOf(answer)));
    }
}
