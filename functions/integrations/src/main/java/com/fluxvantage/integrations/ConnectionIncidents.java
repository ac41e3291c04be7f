package com.fluxvantage.integrations;

import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.operation.Call;

import java.util.List;

/** What is wrong with a connection: from when it was found until it is over, one of a kind. */
final class ConnectionIncidents {
    /**
     * The circuit opens with the fifth failure in a row; with the tenth it was tried again five
     * times, after 1, 2, 4, 8 and 16 minutes.
     */
    private static final int CALLS_IN_VAIN = 10;

    private ConnectionIncidents() {}

    /** Tells of it, unless it is known. */
    static void open(ConnectionId connection, ConnectionTrouble trouble, Call call) {
        var incident = new IncidentId(Uuid7.next());
        int opened =
                call.sql()
                        .createUpdate(
                                """
                                insert into wms.connection_incident (incident_id, connection_id, trouble, began_at)
                                values (:incident, :connection, :trouble, :now)
                                    on conflict do nothing
                                """)
                        .bind("incident", incident)
                        .bind("connection", connection)
                        .bind("trouble", trouble)
                        .bind("now", call.now())
                        .execute();
        if (opened == 1) {
            call.announce(new ConnectionTroubled(incident, 1, connection, trouble));
        }
    }

    /** Whoever calls it next asks whether it has been silent for so long that a person is told. */
    static void openIfSilent(ConnectionId connection, Call call) {
        boolean isSilent =
                call.sql()
                        .createQuery(
                                """
                                select exists (
                                    select
                                      from wms.connection_pace
                                     where connection_id = :connection
                                       and failures >= :in_vain
                                       and failure <> 'CREDENTIAL_REFUSED')
                                """)
                        .bind("connection", connection)
                        .bind("in_vain", CALLS_IN_VAIN)
                        .mapTo(Boolean.class)
                        .one();
        if (isSilent) {
            open(connection, ConnectionTrouble.NO_ANSWER, call);
        }
    }

    /** Found once more, it is told once more. */
    static void end(ConnectionId connection, List<ConnectionTrouble> troubles, Call call) {
        call.sql()
                .createUpdate(
                        """
                        update wms.connection_incident
                           set ended_at = :now
                         where connection_id = :connection
                           and trouble = any (:troubles)
                           and ended_at is null
                        """)
                .bind("now", call.now())
                .bind("connection", connection)
                .bind("troubles", troubles.stream().map(Enum::name).toArray(String[]::new))
                .execute();
    }
}
