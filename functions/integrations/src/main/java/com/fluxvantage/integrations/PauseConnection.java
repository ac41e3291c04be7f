package com.fluxvantage.integrations;

import static com.fluxvantage.kernel.operation.Permission.INTEGRATIONS_MANAGE;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;

import java.util.EnumSet;
import java.util.UUID;

/**
 * Lets what a channel sends wait: it is taken in as before, and no order is made of it until the
 * connection is resumed. Nothing is lost by it.
 */
final class PauseConnection {
    static final Operation<Request, ConnectionChange.Result> OPERATION =
            Operation.post("pause-connection", "/connections/{connection_id}/pause")
                    .summary("Lets what a channel sends wait.")
                    .requires(INTEGRATIONS_MANAGE)
                    .refuses(NotFound.class)
                    .refuses(ConnectionRefusal.ConnectionNotInThisState.class)
                    .handledBy(
                            Request.class,
                            ConnectionChange.Result.class,
                            Request.EXAMPLE,
                            PauseConnection::handle);

    record Request(ConnectionId connectionId) {
        static final Request EXAMPLE = new Request(new ConnectionId(new UUID(0, 2)));
    }

    private static Outcome<ConnectionChange.Result> handle(Request request, Call call) {
        return ConnectionChange.to(
                ConnectionState.PAUSED,
                EnumSet.of(ConnectionState.ACTIVE),
                request.connectionId,
                call);
    }
}
