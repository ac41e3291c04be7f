package com.fluxvantage.integrations;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Permission.INTEGRATIONS_MANAGE;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.InvalidValue;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;

import java.util.UUID;

/**
 * Says of how many items that differ in a shop at night it is mended without asking; of one more
 * the shop is told nothing until a person has seen the report. With none, each difference is asked
 * about. It counts from the next night; a shop that is stopped stays stopped.
 */
final class SetDriftLimit {
    static final Operation<Request, Result> OPERATION =
            Operation.post("set-drift-limit", "/connections/{connection_id}/drift-limit")
                    .summary("Says how many items may differ before a person is asked.")
                    .requires(INTEGRATIONS_MANAGE)
                    .refuses(NotFound.class)
                    .handledBy(Request.class, Result.class, Request.EXAMPLE, SetDriftLimit::handle);

    /** Of a shop with more items than that a limit asks nobody any more. */
    static final int MOST = 100_000;

    record Request(ConnectionId connectionId, int driftLimit) {
        static final Request EXAMPLE = new Request(new ConnectionId(new UUID(0, 2)), 25);

        Request {
            if (driftLimit < 0 || driftLimit > MOST) {
                throw new InvalidValue(
                        "driftLimit", "out-of-range", "A limit is none to " + MOST + " items.");
            }
        }
    }

    /** {@code driftLimit} as it is now. */
    record Result(ConnectionId connectionId, int driftLimit) {}

    private static Outcome<Result> handle(Request request, Call call) {
        if (CalledShop.named(request.connectionId, call).isEmpty()) {
            return missing("connection", "connectionId");
        }
        ShopSkus.open(request.connectionId, call);
        call.sql()
                .createUpdate(
                        """
                        update wms.stock_channel
                           set drift_limit = :limit
                         where connection_id = :connection
                        """)
                .bind("limit", request.driftLimit)
                .bind("connection", request.connectionId)
                .execute();
        return done(
                new Result(request.connectionId, request.driftLimit),
                Subject.of(request.connectionId));
    }
}
