package com.fluxvantage.carriers;

import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Permission.ORDERS_READ;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.outside.CarrierShipment.Refund;
import com.fluxvantage.kernel.outside.LabelFormat;
import com.fluxvantage.kernel.outside.ParcelState;
import com.fluxvantage.kernel.stock.LpnId;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Tells how a label stands: what carriers take for it, what was paid, where the parcel is, and why
 * it is not further. Prices are in the smallest unit of their currency. It shows nobody's address.
 */
final class GetLabel {
    static final Operation<Request, Result> OPERATION =
            Operation.get("get-label", "/labels/{label_id}")
                    .summary("Tells what a label costs, how it stands and where the parcel is.")
                    .requires(ORDERS_READ)
                    .refuses(NotFound.class)
                    .handledBy(Request.class, Result.class, Request.EXAMPLE, GetLabel::handle);

    record Request(LabelId labelId) {
        static final Request EXAMPLE = new Request(new LabelId(new UUID(0, 4)));
    }

    /**
     * How it stands.
     *
     * @param restsUntil it waits for carriers that are left alone until then; whoever manages
     *     connections sees why
     * @param isThere whether its file can be fetched
     * @param parcelStateAt by the carrier's clock
     */
    record Result(
            LabelId labelId,
            CarrierId carrierId,
            OrderId orderId,
            LpnId cartonId,
            LabelState state,
            Optional<LabelProblem> problem,
            Optional<Instant> restsUntil,
            LabelFormat format,
            Optional<String> carrier,
            Optional<String> service,
            Optional<Long> priceMinor,
            Optional<String> currency,
            Optional<String> tracking,
            Optional<ParcelState> parcelState,
            Optional<Instant> parcelStateAt,
            Optional<Refund> refund,
            boolean isThere,
            Instant askedAt,
            Optional<Instant> boughtAt,
            List<Rate> rates,
            long version) {}

    /** What a carrier takes. */
    record Rate(
            int rateNo,
            String carrier,
            String service,
            long priceMinor,
            String currency,
            Optional<Integer> days) {}

    private record Found(
            LabelId labelId,
            CarrierId carrierId,
            OrderId orderId,
            LpnId cartonId,
            LabelState state,
            Optional<LabelProblem> problem,
            Optional<Instant> restsUntil,
            LabelFormat format,
            Optional<String> carrier,
            Optional<String> service,
            Optional<Long> priceMinor,
            Optional<String> currency,
            Optional<String> tracking,
            Optional<ParcelState> parcelState,
            Optional<Instant> parcelStateAt,
            Optional<Refund> refund,
            boolean isThere,
            Instant askedAt,
            Optional<Instant> boughtAt,
            long version) {
        Result with(List<Rate> rates) {
            return new Result(
                    labelId,
                    carrierId,
                    orderId,
                    cartonId,
                    state,
                    problem,
                    restsUntil,
                    format,
                    carrier,
                    service,
                    priceMinor,
                    currency,
                    tracking,
                    parcelState,
                    parcelStateAt,
                    refund,
                    isThere,
                    askedAt,
                    boughtAt,
                    rates,
                    version);
        }
    }

    private static Outcome<Result> handle(Request request, Call call) {
        return found(request.labelId, call)
                .<Outcome<Result>>map(it -> Outcome.found(it.with(rates(request.labelId, call))))
                .orElseGet(() -> missing("label", "labelId"));
    }

    private static Optional<Found> found(LabelId label, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select label.label_id, label.carrier_id, label.order_id, label.carton_id, label.state,
                               label.problem,
                               (select health.rests_until
                                  from wms.connection_health(label.carrier_id) as health
                                 where label.state in ('RATING', 'BUYING', 'VOIDING')) as rests_until,
                               label.format, label.carrier, label.service, label.price_minor, label.currency,
                               label.tracking, label.parcel_state, label.parcel_state_at, label.refund,
                               label.stored_at is not null and label.removed_at is null as is_there,
                               label.asked_at, label.bought_at, label.version
                          from wms.carrier_label as label
                         where label.label_id = :label
                        """)
                .bind("label", label)
                .mapTo(Found.class)
                .findOne();
    }

    private static List<Rate> rates(LabelId label, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select rate_no, carrier, service, price_minor, currency, days
                          from wms.carrier_rate
                         where label_id = :label
                         order by rate_no
                        """)
                .bind("label", label)
                .mapTo(Rate.class)
                .list();
    }
}
