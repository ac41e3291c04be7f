package com.fluxvantage.integrations;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Outcome.refused;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** A connection that goes from one state to another; once there, a second time changes nothing. */
final class ConnectionChange {
    record Result(ConnectionId connectionId, ConnectionState state, long version) {}

    private record Standing(ConnectionState state, UUID secretId, long version) {}

    private ConnectionChange() {}

    static Outcome<Result> to(
            ConnectionState next, Set<ConnectionState> from, ConnectionId connection, Call call) {
        var found = locked(connection, call);
        if (found.isEmpty()) {
            return missing("connection", "connectionId");
        }
        var standing = found.get();
        if (standing.state == next) {
            return answer(connection, next, standing.version);
        }
        if (!from.contains(standing.state)) {
            return refused(new ConnectionRefusal.ConnectionNotInThisState(standing.state.name()));
        }
        if (next == ConnectionState.ENDED) {
            StoredSecrets.destroy(standing.secretId, call);
            ConnectionIncidents.end(connection, List.of(ConnectionTrouble.values()), call);
        }
        return answer(connection, next, move(connection, next, call));
    }

    private static Outcome<Result> answer(
            ConnectionId connection, ConnectionState state, long version) {
        return done(new Result(connection, state, version), Subject.of(connection));
    }

    /** Absent where there is no such connection. */
    static Optional<ConnectionState> state(ConnectionId connection, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select state
                          from wms.channel_connection
                         where connection_id = :connection
                        """)
                .bind("connection", connection)
                .mapTo(ConnectionState.class)
                .findOne();
    }

    private static Optional<Standing> locked(ConnectionId connection, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select state, secret_id, version
                          from wms.channel_connection
                         where connection_id = :connection
                           for no key update
                        """)
                .bind("connection", connection)
                .mapTo(Standing.class)
                .findOne();
    }

    private static long move(ConnectionId connection, ConnectionState next, Call call) {
        return call.sql()
                .createQuery(
                        """
                        update wms.channel_connection
                           set state = :next,
                               ended_at = case when :next = 'ENDED' then :now end,
                               version = version + 1
                         where connection_id = :connection
                        returning version
                        """)
                .bind("connection", connection)
                .bind("next", next)
                .bind("now", call.now())
                .mapTo(Long.class)
                .one();
    }
}
