package com.fluxvantage.carriers;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.LostLease;
import com.fluxvantage.kernel.outside.CarrierShipment;
import com.fluxvantage.kernel.outside.CarrierShipment.Bought;
import com.fluxvantage.kernel.outside.CarrierShipment.Refund;
import com.fluxvantage.kernel.outside.Carriers.Answer;
import com.fluxvantage.kernel.outside.Carriers.Cause;
import com.fluxvantage.kernel.stock.LpnId;

import org.jdbi.v3.core.statement.Update;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Writes down what came of a step, if it still has its lease: a label that somebody has changed
 * meanwhile, or another run has taken, stays as they left it.
 */
final class LabelRecord {
    /** Where a parcel is, and what has become of the money, is looked up so often. */
    static final Duration LOOK = Duration.ofHours(6);

    /** So long after a label was bought nobody looks any more. */
    static final Duration LONGEST_LOOK = Duration.ofDays(60);

    /** The clock wakes whoever tends labels once a minute. */
    private static final Duration SHORTEST_WAIT = Duration.ofMinutes(1);

    private static final int MOST_DOUBLINGS = 6;

    private record Label(long version, OrderId orderId, LpnId cartonId) {}

    private LabelRecord() {}

    /** The state that it is in now. */
    static LabelState of(LabelStep step, LabelStep.Carried carried, Call call) {
        return switch (carried.answer()) {
            case Answer.Given<CarrierShipment>(var shipment) ->
                    given(step, shipment, carried.isStored(), call);
            case Answer.Refused<CarrierShipment>(var why) ->
                    refused(step, LabelProblem.of(why), call);
            case Answer.Later<CarrierShipment>(var cause, var notBefore) ->
                    later(step, cause, notBefore, call);
        };
    }

    private static LabelState given(
            LabelStep step, CarrierShipment shipment, boolean isStored, Call call) {
        return switch (step) {
            case LabelStep.Rating rating -> rated(rating, shipment, call);
            case LabelStep.Buying(var lease, _, _, _) -> bought(lease, shipment, isStored, call);
            case LabelStep.Fetching(var lease, _, _) -> fetched(lease, isStored, call);
            case LabelStep.Voiding(var lease, _) -> voided(lease, shipment, call);
            case LabelStep.Looking(var lease, _) -> looked(lease, shipment, call);
        };
    }

    private static LabelState rated(LabelStep.Rating rating, CarrierShipment shipment, Call call) {
        var lease = rating.lease();
        mustBeOurs(
                ours(
                                """
                                state = 'RATED', shipment_ref = :shipment, problem = null, next_attempt_at = null
                                """,
                                "RATING",
                                lease,
                                call)
                        .bind("shipment", shipment.id()));
        var rates =
                call.sql()
                        .prepareBatch(
                                """
                                insert into wms.carrier_rate (
                                    label_id, rate_no, rate_ref, carrier, service, price_minor, currency, days)
                                values (:label, :no, :rate, :carrier, :service, :price, :currency, :days)
                                """);
        int no = 0;
        for (var rate : shipment.rates()) {
            rates.bind("label", lease.labelId())
                    .bind("no", ++no)
                    .bind("rate", rate.id())
                    .bind("carrier", rate.carrier())
                    .bind("service", rate.service())
                    .bind("price", rate.price().minorUnits())
                    .bind("currency", rate.price().currency())
                    .bind(
                            "days",
                            rate.days().isPresent()
                                    ? Optional.of(rate.days().getAsInt())
                                    : Optional.empty())
                    .add();
        }
        rates.execute();
        return LabelState.RATED;
    }

    private static LabelState bought(
            LabelStep.Lease lease, CarrierShipment shipment, boolean isStored, Call call) {
        Bought label = shipment.bought().orElseThrow();
        mustBeOurs(
                ours(
                                """
                                state = 'BOUGHT', problem = null, carrier = :carrier, service = :service,
                                price_minor = :price, currency = :currency, tracking = :tracking,
                                bought_at = :now, stored_at = case when :stored then cast(:now as timestamptz) end,
                                next_attempt_at = :next
                                """,
                                "BUYING",
                                lease,
                                call)
                        .bind("carrier", label.carrier())
                        .bind("service", label.service())
                        .bind("price", label.price().minorUnits())
                        .bind("currency", label.price().currency())
                        .bind("tracking", label.tracking())
                        .bind("now", call.now())
                        .bind("stored", isStored)
                        .bind("next", call.now().plus(isStored ? LOOK : SHORTEST_WAIT)));
        var now = now(lease, call);
        call.announce(new LabelBought(lease.labelId(), now.version, now.orderId, now.cartonId));
        return LabelState.BOUGHT;
    }

    private static LabelState fetched(LabelStep.Lease lease, boolean isStored, Call call) {
        if (!isStored) {
            return waits(lease, LabelState.BOUGHT, LabelProblem.UNREADABLE, Optional.empty(), call);
        }
        mustBeOurs(
                ours(
                                "problem = null, stored_at = :now, next_attempt_at = :next",
                                "BOUGHT",
                                lease,
                                call)
                        .bind("now", call.now())
                        .bind("next", call.now().plus(LOOK)));
        return LabelState.BOUGHT;
    }

    // A carrier that says no at once has not taken it back.
    private static LabelState voided(LabelStep.Lease lease, CarrierShipment shipment, Call call) {
        var refund = shipment.refund().orElse(Refund.SUBMITTED);
        if (refund == Refund.REJECTED) {
            return refused(
                    new LabelStep.Voiding(lease, shipment.id()),
                    LabelProblem.CARRIER_REFUSED,
                    call);
        }
        mustBeOurs(
                ours(
                                """
                                state = 'VOIDED', problem = null, refund = :refund, next_attempt_at = :next
                                """,
                                "VOIDING",
                                lease,
                                call)
                        .bind("refund", refund)
                        .bind(
                                "next",
                                refund == Refund.SUBMITTED
                                        ? Optional.of(call.now().plus(LOOK))
                                        : Optional.<Instant>empty()));
        return LabelState.VOIDED;
    }

    private static LabelState looked(LabelStep.Lease lease, CarrierShipment shipment, Call call) {
        var progress = shipment.bought().flatMap(Bought::progress);
        return call.sql()
                .createQuery(
                        """
                        update wms.carrier_label
                           set parcel_state = case when moves.further then :state else parcel_state end,
                               parcel_state_at = case
                                                     when moves.further then cast(:at as timestamptz)
                                                     else parcel_state_at
                                                 end,
                               refund = case when state = 'VOIDED' then coalesce(:refund, refund) else refund end,
                               problem = null,
                               attempts = 0,
                               next_attempt_at = case
                                                     when bought_at <= :longest
                                                          or (state = 'VOIDED' and :refund in ('GRANTED', 'REJECTED'))
                                                          or (state = 'BOUGHT' and :last) then null
                                                     else cast(:next as timestamptz)
                                                 end,
                               leased_until = null,
                               version = version + 1
                          from (select coalesce(
                                           (wms.parcel_rank(:state), cast(:at as timestamptz))
                                           > (select wms.parcel_rank(known.parcel_state),
                                                     coalesce(known.parcel_state_at, '-infinity')
                                                from wms.carrier_label as known
                                               where known.label_id = :label),
                                           false) as further) as moves
                         where label_id = :label
                           and fence = :fence
                           and state in ('BOUGHT', 'VOIDED')
                        returning state
                        """)
                .bind("state", progress.map(CarrierShipment.Progress::state))
                .bind("at", progress.map(CarrierShipment.Progress::at))
                .bind("last", progress.filter(it -> it.state().isLast()).isPresent())
                .bind("refund", shipment.refund())
                .bind("longest", call.now().minus(LONGEST_LOOK))
                .bind("next", call.now().plus(LOOK))
                .bind("label", lease.labelId())
                .bind("fence", lease.fence())
                .mapTo(LabelState.class)
                .findOne()
                .orElseThrow(LostLease::new);
    }

    // Nothing has happened there. A person can choose another rate, or has kept the label.
    private static LabelState refused(LabelStep step, LabelProblem problem, Call call) {
        var lease = step.lease();
        var after =
                switch (step) {
                    case LabelStep.Rating _ -> Optional.of(LabelState.FAILED);
                    case LabelStep.Buying _ -> Optional.of(LabelState.RATED);
                    case LabelStep.Voiding _ -> Optional.of(LabelState.BOUGHT);
                    case LabelStep.Fetching _, LabelStep.Looking _ -> Optional.<LabelState>empty();
                };
        if (after.isEmpty()) {
            return waits(lease, stateOf(lease, call), problem, Optional.of(LOOK), call);
        }
        var next = after.get();
        mustBeOurs(
                ours(
                                "state = :state, problem = :problem, next_attempt_at = :next",
                                doing(step),
                                lease,
                                call)
                        .bind("state", next)
                        .bind("problem", problem)
                        .bind(
                                "next",
                                next == LabelState.BOUGHT
                                        ? Optional.of(call.now().plus(LOOK))
                                        : Optional.<Instant>empty()));
        return next;
    }

    private static LabelState later(
            LabelStep step, Cause cause, Optional<Duration> notBefore, Call call) {
        var lease = step.lease();
        return waits(lease, stateOf(lease, call), LabelProblem.of(cause), notBefore, call);
    }

    // Twice as long each time, an hour at most, and never less than they ask for.
    private static LabelState waits(
            LabelStep.Lease lease,
            LabelState state,
            LabelProblem problem,
            Optional<Duration> notBefore,
            Call call) {
        var wait = SHORTEST_WAIT.multipliedBy(1L << Math.min(lease.attempts(), MOST_DOUBLINGS));
        var least = notBefore.orElse(Duration.ZERO);
        mustBeOurs(
                ours(
                                "problem = :problem, next_attempt_at = :next",
                                state.name(),
                                lease,
                                call,
                                "attempts + 1")
                        .bind("problem", problem)
                        .bind("next", call.now().plus(wait.compareTo(least) < 0 ? least : wait)));
        return state;
    }

    private static String doing(LabelStep step) {
        return switch (step) {
            case LabelStep.Rating _ -> "RATING";
            case LabelStep.Buying _ -> "BUYING";
            case LabelStep.Voiding _ -> "VOIDING";
            case LabelStep.Fetching _, LabelStep.Looking _ -> "BOUGHT";
        };
    }

    private static LabelState stateOf(LabelStep.Lease lease, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select state
                          from wms.carrier_label
                         where label_id = :label
                           for no key update
                        """)
                .bind("label", lease.labelId())
                .mapTo(LabelState.class)
                .one();
    }

    private static Label now(LabelStep.Lease lease, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select version, order_id, carton_id
                          from wms.carrier_label
                         where label_id = :label
                        """)
                .bind("label", lease.labelId())
                .mapTo(Label.class)
                .one();
    }

    private static Update ours(String changes, String state, LabelStep.Lease lease, Call call) {
        return ours(changes, state, lease, call, "0");
    }

    private static Update ours(
            String changes, String state, LabelStep.Lease lease, Call call, String attempts) {
        return call.sql()
                .createUpdate(
                        """
                        update wms.carrier_label
                           set %s,
                               attempts = %s,
                               leased_until = null,
                               version = version + 1
                         where label_id = :label
                           and fence = :fence
                           and state = :from
                        """
                                .formatted(changes.strip(), attempts))
                .bind("label", lease.labelId())
                .bind("fence", lease.fence())
                .bind("from", state);
    }

    private static void mustBeOurs(Update update) {
        if (update.execute() != 1) {
            throw new LostLease();
        }
    }
}
