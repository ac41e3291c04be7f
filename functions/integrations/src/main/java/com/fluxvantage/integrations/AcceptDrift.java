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

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Decides that our numbers are right where a shop was found far off: each item that differed is
 * told again, and the shop is told what changes as before. Where the shop is right the stock is
 * corrected first, with {@code adjust-stock}; what is sent is what is right by then.
 */
final class AcceptDrift {
    static final Operation<Request, Result> OPERATION =
            Operation.post("accept-drift", "/connections/{connection_id}/drift/accept")
                    .summary("Decides that our numbers are right, and goes on telling the shop.")
                    .requires(INTEGRATIONS_MANAGE)
                    .refuses(NotFound.class)
                    .refuses(ConnectionRefusal.StockNotStopped.class)
                    .handledBy(Request.class, Result.class, Request.EXAMPLE, AcceptDrift::handle);

    record Request(ConnectionId connectionId) {
        static final Request EXAMPLE = new Request(new ConnectionId(new UUID(0, 2)));
    }

    /** {@code items} are told again. */
    record Result(ConnectionId connectionId, int items) {}

    private record Shop(Optional<Instant> stoppedAt) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var shop = locked(request.connectionId, call);
        if (shop.isEmpty()) {
            return missing("connection", "connectionId");
        }
        if (shop.get().stoppedAt.isEmpty()) {
            return refused(new ConnectionRefusal.StockNotStopped());
        }
        int items = mark(request.connectionId, call);
        goOn(request.connectionId, call);
        ConnectionIncidents.end(
                request.connectionId, List.of(ConnectionTrouble.STOCK_STOPPED), call);
        return done(new Result(request.connectionId, items), Subject.of(request.connectionId));
    }

    private static Optional<Shop> locked(ConnectionId connection, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select stopped_at
                          from wms.stock_channel
                         where connection_id = :connection
                           for no key update
                        """)
                .bind("connection", connection)
                .mapTo(Shop.class)
                .findOne();
    }

    private static int mark(ConnectionId connection, Call call) {
        return call.sql()
                .createUpdate(
                        """
                        update wms.channel_stock
                           set dirty_at = clock_timestamp(),
                               drift_for = null,
                               drift_shown = null,
                               drift_ours = null
                         where connection_id = :connection
                           and drift_for is not null
                        """)
                .bind("connection", connection)
                .execute();
    }

    private static void goOn(ConnectionId connection, Call call) {
        call.sql()
                .createUpdate(
                        """
                        update wms.stock_channel
                           set stopped_at = null
                         where connection_id = :connection
                        """)
                .bind("connection", connection)
                .execute();
        call.sql()
                .createUpdate(
                        """
                        update wms.drift_report
                           set accepted_at = :now,
                               accepted_by = :actor
                         where connection_id = :connection
                           and outcome = 'STOPPED'
                           and accepted_at is null
                        """)
                .bind("now", call.now())
                .bind("actor", call.actor().reference())
                .bind("connection", connection)
                .execute();
    }
}
