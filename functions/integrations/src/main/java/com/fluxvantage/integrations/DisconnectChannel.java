package com.fluxvantage.integrations;

import static com.fluxvantage.kernel.operation.Permission.INTEGRATIONS_MANAGE;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;

import java.util.EnumSet;
import java.util.UUID;

/**
 * Ends a connection for good and destroys its secret, so that nothing that the channel sends is
 * believed any more. Orders that it has brought stay.
 */
final class DisconnectChannel {
    static final Operation<Request, ConnectionChange.Result> OPERATION =
            Operation.post("disconnect-channel", "/connections/{connection_id}/disconnect")
                    .summary("Ends a connection and destroys its secret.")
                    .requires(INTEGRATIONS_MANAGE)
                    .refuses(NotFound.class)
                    .refuses(ConnectionRefusal.ConnectionNotInThisState.class)
                    .handledBy(
                            Request.class,
                            ConnectionChange.Result.class,
                            Request.EXAMPLE,
                            DisconnectChannel::handle);

    record Request(ConnectionId connectionId) {
        static final Request EXAMPLE = new Request(new ConnectionId(new UUID(0, 2)));
    }

    private static Outcome<ConnectionChange.Result> handle(Request request, Call call) {
        return ConnectionChange.to(
                ConnectionState.ENDED,
                EnumSet.of(ConnectionState.ACTIVE, ConnectionState.PAUSED),
                request.connectionId,
                call);
    }
}
