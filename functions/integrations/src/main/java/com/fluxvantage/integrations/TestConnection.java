package com.fluxvantage.integrations;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Permission.INTEGRATIONS_MANAGE;

import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;

import java.util.UUID;

/**
 * Has a shop asked whether it takes our credential and has the stock location. Nobody waits for a
 * shop: what it says stands in {@code get-connection} a moment later. Also of a connection that is
 * paused, and whatever its circuit says: a person who has just mended something wants to know.
 */
final class TestConnection {
    static final Operation<Request, Result> OPERATION =
            Operation.post("test-connection", "/connections/{connection_id}/test")
                    .summary("Has a shop asked whether all is well.")
                    .requires(INTEGRATIONS_MANAGE)
                    .announces(ConnectionTestAsked.class)
                    .refuses(NotFound.class)
                    .creates()
                    .handledBy(
                            Request.class, Result.class, Request.EXAMPLE, TestConnection::handle);

    record Request(ConnectionId connectionId) {
        static final Request EXAMPLE = new Request(new ConnectionId(new UUID(0, 2)));
    }

    record Result(ConnectionTestId connectionTestId) {}

    private static Outcome<Result> handle(Request request, Call call) {
        if (CalledShop.named(request.connectionId, call).isEmpty()) {
            return missing("connection", "connectionId");
        }
        var test = new ConnectionTestId(Uuid7.next());
        call.sql()
                .createUpdate(
                        """
                        insert into wms.connection_test (connection_test_id, connection_id, asked_at, asked_by)
                        values (:test, :connection, :now, :actor)
                        """)
                .bind("test", test)
                .bind("connection", request.connectionId)
                .bind("now", call.now())
                .bind("actor", call.actor().reference())
                .execute();
        call.announce(new ConnectionTestAsked(test, 1, request.connectionId));
        return done(new Result(test), Subject.of(request.connectionId));
    }
}
