package com.fluxvantage.integrations;

import static com.fluxvantage.kernel.operation.Outcome.found;

import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Capability;
import com.fluxvantage.kernel.operation.Errand;
import com.fluxvantage.kernel.operation.LostLease;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Trigger.Event;
import com.fluxvantage.kernel.outside.Letter;
import com.fluxvantage.kernel.outside.MailTemplate;
import com.fluxvantage.kernel.outside.Outside;
import com.fluxvantage.kernel.privacy.PersonalData;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;

/**
 * Writes to the administrators of a tenant that something is wrong with a connection of theirs and
 * is not over by itself: orders do not come in or stock is not told, and nobody would see it before
 * a buyer does. Once for each incident; whoever is killed between sending and storing writes once
 * more. What is over by then, or belongs to a connection that was ended, needs no letter. The
 * letter names the connection by its id and says nothing of anybody.
 */
final class ReportConnectionTrouble {
    static final Operation<Request, Result> OPERATION =
            Operation.consumer("report-connection-trouble", Event.of("connection.troubled"))
                    .summary("Tells the administrators of a tenant that a connection fails.")
                    .needs(new Capability.SendsMail())
                    .runBy(
                            Request.class,
                            Result.class,
                            new Request(),
                            new Errand<>(
                                    (_, call) -> take(call),
                                    ReportConnectionTrouble::carryOut,
                                    ReportConnectionTrouble::record));

    record Request() {}

    record Result(int sent) {}

    /** The incident that is told of, under the lease of this number. */
    private record Incident(
            IncidentId incidentId,
            ConnectionId connectionId,
            ConnectionTrouble trouble,
            Instant beganAt,
            long fence) {}

    private record Letters(Incident incident, Administrators administrators) {
        Letter to(PersonalData address) {
            return new Letter(
                    address,
                    MailTemplate.CONNECTION_TROUBLED,
                    Map.of(
                            "tenant", administrators.tenant(),
                            "connection", Identifiers.text(incident.connectionId),
                            "trouble", incident.trouble.name(),
                            "began_on",
                                    incident.beganAt
                                            .atZone(ZoneOffset.UTC)
                                            .toLocalDate()
                                            .toString()));
        }
    }

    private static Errand.Taken<Letters, Result> take(Call call) {
        return leased(call)
                .<Errand.Taken<Letters, Result>>map(
                        it -> Errand.task(new Letters(it, Administrators.of(call))))
                .orElseGet(() -> isUntold(call) ? Errand.held() : Errand.nothing(new Result(0)));
    }

    private static Optional<Incident> leased(Call call) {
        return call.sql()
                .createQuery(
                        """
                        update wms.connection_incident as incident
                           set fence = incident.fence + 1,
                               leased_until = clock_timestamp() + interval '60 s'
                         where incident.incident_id = :incident
                           and incident.ended_at is null
                           and incident.told_at is null
                           and coalesce(incident.leased_until < clock_timestamp(), true)
                           and exists (
                                   select
                                     from wms.channel_connection as connection
                                    where connection.connection_id = incident.connection_id
                                      and connection.state <> 'ENDED')
                        returning incident.incident_id, incident.connection_id, incident.trouble,
                                  incident.began_at, incident.fence
                        """)
                .bind("incident", call.heard().stream())
                .mapTo(Incident.class)
                .findOne();
    }

    private static boolean isUntold(Call call) {
        return call.sql()
                .createQuery(
                        """
                        select exists (
                            select
                              from wms.connection_incident
                             where incident_id = :incident
                               and ended_at is null
                               and told_at is null
                               and leased_until >= clock_timestamp())
                        """)
                .bind("incident", call.heard().stream())
                .mapTo(Boolean.class)
                .one();
    }

    private static Integer carryOut(Letters letters, Outside outside) {
        return letters.administrators.tell(letters::to, outside);
    }

    private static Outcome<Result> record(Letters letters, Integer sent, Call call) {
        int ours =
                call.sql()
                        .createUpdate(
                                """
                                update wms.connection_incident
                                   set told_at = :now,
                                       leased_until = null
                                 where incident_id = :incident
                                   and fence = :fence
                                """)
                        .bind("now", call.now())
                        .bind("incident", letters.incident.incidentId)
                        .bind("fence", letters.incident.fence)
                        .execute();
        if (ours == 0) {
            throw new LostLease();
        }
        return found(new Result(sent));
    }
}
