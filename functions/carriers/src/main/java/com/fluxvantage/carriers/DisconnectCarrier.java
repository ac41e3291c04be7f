package com.fluxvantage.carriers;

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
 * Ends a connection with carriers and destroys its secrets. Refused while money is under way: of a
 * purchase whose answer is still out, nobody would learn any more whether it was made.
 */
final class DisconnectCarrier {
    static final Operation<Request, Result> OPERATION =
            Operation.post("disconnect-carrier", "/carriers/{carrier_id}/end")
                    .summary("Ends a connection with carriers.")
                    .requires(INTEGRATIONS_MANAGE)
                    .refuses(NotFound.class)
                    .refuses(CarrierRefusal.CarrierBusy.class)
                    .handledBy(
                            Request.class,
                            Result.class,
                            Request.EXAMPLE,
                            DisconnectCarrier::handle);

    record Request(CarrierId carrierId) {
        static final Request EXAMPLE = new Request(new CarrierId(new UUID(0, 2)));
    }

    record Result(CarrierId carrierId, CarrierState state, long version) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var found = CarrierConnection.locked(request.carrierId, call);
        if (found.isEmpty()) {
            return missing("carrier", "carrierId");
        }
        var standing = found.get();
        if (standing.state() == CarrierState.ENDED) {
            return answer(request.carrierId, standing.version());
        }
        long busy = busy(request.carrierId, call);
        if (busy > 0) {
            return refused(new CarrierRefusal.CarrierBusy(busy));
        }
        CarrierSecrets.destroy(standing.keyId(), call);
        standing.signatureId().ifPresent(it -> CarrierSecrets.destroy(it, call));
        return answer(request.carrierId, end(request.carrierId, call));
    }

    private static Outcome<Result> answer(CarrierId carrier, long version) {
        return done(new Result(carrier, CarrierState.ENDED, version), Subject.of(carrier));
    }

    private static long busy(CarrierId carrier, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select count(*)
                          from wms.carrier_label
                         where carrier_id = :carrier
                           and state in ('BUYING', 'VOIDING')
                        """)
                .bind("carrier", carrier)
                .mapTo(Long.class)
                .one();
    }

    private static long end(CarrierId carrier, Call call) {
        return call.sql()
                .createQuery(
                        """
                        update wms.carrier
                           set state = 'ENDED',
                               ended_at = :now,
                               version = version + 1
                         where carrier_id = :carrier
                        returning version
                        """)
                .bind("now", call.now())
                .bind("carrier", carrier)
                .mapTo(Long.class)
                .one();
    }
}
