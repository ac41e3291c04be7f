package com.fluxvantage.carriers;

import static com.fluxvantage.kernel.operation.Outcome.found;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Timing;
import com.fluxvantage.kernel.operation.Trigger.Schedule;
import com.fluxvantage.kernel.operation.Unfinished;
import com.fluxvantage.kernel.outside.ParcelState;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Sets going what is due: labels of which something is to be asked for again, and labels whose
 * message was lost. Tells also of each parcel that is further than was told, whether a carrier has
 * said so or was asked.
 */
final class TendLabels {
    static final Operation<Request, Result> OPERATION =
            Operation.scheduled(
                            "tend-labels",
                            Schedule.at(Timing.every(Duration.ofMinutes(1)))
                                    .deadline(Duration.ofMinutes(30)))
                    .summary("Sets going labels that are due, and tells where parcels are.")
                    .announces(LabelWanted.class)
                    .announces(ParcelMoved.class)
                    .handledBy(
                            Request.class,
                            Result.class,
                            new Request(Instant.EPOCH),
                            TendLabels::handle);

    static final int BATCH = 100;

    /** Of one that was announced just now somebody is thinking already. */
    private static final Duration JUST_NOW = Duration.ofSeconds(50);

    record Request(Instant scheduledAt) {}

    record Result(int wanted, int moved, boolean more) implements Unfinished {}

    private record Wanted(LabelId labelId, long version) {}

    private record Moved(LabelId labelId, long version, OrderId orderId, ParcelState state) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var wanted = wanted(call);
        wanted.forEach(it -> call.announce(new LabelWanted(it.labelId, it.version)));
        var moved = moved(call);
        moved.forEach(
                it -> call.announce(new ParcelMoved(it.labelId, it.version, it.orderId, it.state)));
        return found(new Result(wanted.size(), moved.size(), moved.size() == BATCH));
    }

    // Of each connection no more than it bears until the next minute: the others would be announced
    // each minute in vain.
    private static List<Wanted> wanted(Call call) {
        return call.sql()
                .createQuery(
                        """
                        with due as (
                            select wanted.label_id
                              from wms.carrier as connection
                             cross join lateral (
                                       select its.label_id
                                         from wms.carrier_label as its
                                        where its.carrier_id = connection.carrier_id
                                          and its.next_attempt_at <= :now
                                          and its.called_at <= :before
                                          and coalesce(its.leased_until < clock_timestamp(), true)
                                        order by its.next_attempt_at, its.label_id
                                        limit :most
                                          for no key update skip locked) as wanted
                             where connection.state = 'ACTIVE'
                               and not exists (
                                       select
                                         from wms.connection_pace as pace
                                        where pace.connection_id = connection.carrier_id
                                          and pace.rests_until > clock_timestamp()))
                        update wms.carrier_label as called
                           set called_at = :now,
                               version = version + 1
                          from due
                         where called.label_id = due.label_id
                        returning called.label_id, called.version
                        """)
                .bind("now", call.now())
                .bind("before", call.now().minus(JUST_NOW))
                .bind("most", CarrierConnection.PACE.perMinute())
                .mapTo(Wanted.class)
                .list();
    }

    private static List<Moved> moved(Call call) {
        return call.sql()
                .createQuery(
                        """
                        with due as (
                            select moved.label_id
                              from wms.carrier_label as moved
                             where moved.announced_state is distinct from moved.parcel_state
                             order by moved.label_id
                             limit :most
                               for no key update skip locked)
                        update wms.carrier_label as told
                           set announced_state = parcel_state,
                               version = version + 1
                          from due
                         where told.label_id = due.label_id
                        returning told.label_id, told.version, told.order_id, told.parcel_state as state
                        """)
                .bind("most", BATCH)
                .mapTo(Moved.class)
                .list();
    }
}
