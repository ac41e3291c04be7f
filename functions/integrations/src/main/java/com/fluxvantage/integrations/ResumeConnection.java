package com.fluxvantage.integrations;

import static com.fluxvantage.kernel.operation.Permission.INTEGRATIONS_MANAGE;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;

import java.util.EnumSet;
import java.util.UUID;

/**
 * Goes on with a connection that was paused. What has waited becomes orders within the hour, in the
 * order in which it came.
 */
final class ResumeConnection {
    static final Operation<Request, ConnectionChange.Result> OPERATION =
            Operation.post("resume-connection", "/connections/{connection_id}/resume")
                    .summary("Goes on with a connection that was paused.")
                    .requires(INTEGRATIONS_MANAGE)
                    .refuses(NotFound.class)
                    .refuses(ConnectionRefusal.ConnectionNotInThisState.class)
                    .handledBy(
                            Request.class,
                            ConnectionChange.Result.class,
                            Request.EXAMPLE,
                            ResumeConnection::handle);

    record Request(ConnectionId connectionId) {
        static final Request EXAMPLE = new Request(new ConnectionId(new UUID(0, 2)));
    }

    private static Outcome<ConnectionChange.Result> handle(Request request, Call call) {
        return ConnectionChange.to(
                ConnectionState.ACTIVE,
                EnumSet.of(ConnectionState.PAUSED),
                request.connectionId,
                call);
    }
}
