package com.fluxvantage.carriers;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Outcome.refused;
import static com.fluxvantage.kernel.operation.Permission.ORDERS_DISPATCH;

import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.InvalidValue;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.outside.LabelFormat;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.stock.LpnId;
import com.fluxvantage.kernel.stock.WarehouseId;

import java.util.Optional;
import java.util.UUID;

/**
 * Asks what carriers take for a closed carton. The answer comes within seconds, with the label:
 * nobody's call waits for another company. Lengths are in millimetres, outside; the weight is in
 * grams, and that of packing unless another is given. A carton has one label at a time.
 */
final class RateCarton {
    static final Operation<Request, Result> OPERATION =
            Operation.post("rate-carton", "/cartons/{carton_id}/labels")
                    .summary("Asks what carriers take for a closed carton.")
                    .requires(ORDERS_DISPATCH)
                    .announces(LabelWanted.class)
                    .refuses(NotFound.class)
                    .refuses(CarrierRefusal.CarrierEnded.class)
                    .refuses(LabelRefusal.CartonNotClosed.class)
                    .refuses(LabelRefusal.CartonNotWeighed.class)
                    .refuses(LabelRefusal.CartonElsewhere.class)
                    .refuses(LabelRefusal.LeavesTheCountry.class)
                    .refuses(LabelRefusal.RecipientForgotten.class)
                    .refuses(LabelRefusal.CartonHasLabel.class)
                    .creates()
                    .handledBy(Request.class, Result.class, Request.EXAMPLE, RateCarton::handle);

    /** No carrier takes what is longer or heavier. */
    static final long LONGEST_MILLIMETRES = 10_000;

    static final long HEAVIEST_GRAMS = 1_000_000;

    record Request(
            LpnId cartonId,
            CarrierId carrierId,
            Quantity lengthMillimetres,
            Quantity widthMillimetres,
            Quantity heightMillimetres,
            Optional<Quantity> weightGrams,
            LabelFormat format) {
        static final Request EXAMPLE =
                new Request(
                        new LpnId(new UUID(0, 3)),
                        new CarrierId(new UUID(0, 2)),
                        Quantity.of(300),
                        Quantity.of(200),
                        Quantity.of(150),
                        Optional.of(Quantity.of(740)),
                        LabelFormat.ZPL);

        Request {
            check("lengthMillimetres", lengthMillimetres, LONGEST_MILLIMETRES);
            check("widthMillimetres", widthMillimetres, LONGEST_MILLIMETRES);
            check("heightMillimetres", heightMillimetres, LONGEST_MILLIMETRES);
            weightGrams.ifPresent(it -> check("weightGrams", it, HEAVIEST_GRAMS));
        }

        private static void check(String field, Quantity value, long most) {
            if (value.isNone() || value.units() > most) {
                throw new InvalidValue(
                        field, "out-of-range", "This is at least 1 and at most " + most + ".");
            }
        }
    }

    record Result(LabelId labelId, LabelState state, long version) {}

    private record Carton(
            OrderId orderId,
            WarehouseId warehouseId,
            String type,
            String state,
            Optional<Quantity> weightGrams,
            Optional<String> country,
            boolean isForgotten) {}

    private record Origin(CarrierState state, WarehouseId warehouseId, String country) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var origin = origin(request.carrierId, call);
        if (origin.isEmpty()) {
            return missing("carrier", "carrierId");
        }
        var carton = carton(request.cartonId, call);
        if (carton.isEmpty()) {
            return missing("carton", "cartonId");
        }
        var why = unfit(request, origin.get(), carton.get());
        if (why.isPresent()) {
            return why.get();
        }
        var label = new LabelId(Uuid7.next());
        if (!save(label, request, carton.get(), call)) {
            return refused(new LabelRefusal.CartonHasLabel(existing(request.cartonId, call)));
        }
        call.announce(new LabelWanted(label, 1));
        return done(new Result(label, LabelState.RATING, 1), Subject.of(label));
    }

    private static Optional<Outcome<Result>> unfit(Request request, Origin origin, Carton carton) {
        if (origin.state == CarrierState.ENDED) {
            return Optional.of(refused(new CarrierRefusal.CarrierEnded()));
        }
        if (!carton.type.equals("CARTON") || !carton.state.equals("CLOSED")) {
            return Optional.of(refused(new LabelRefusal.CartonNotClosed()));
        }
        if (!origin.warehouseId.equals(carton.warehouseId)) {
            return Optional.of(refused(new LabelRefusal.CartonElsewhere()));
        }
        if (carton.isForgotten || carton.country.isEmpty()) {
            return Optional.of(refused(new LabelRefusal.RecipientForgotten()));
        }
        if (!carton.country.get().equals(origin.country)) {
            return Optional.of(refused(new LabelRefusal.LeavesTheCountry()));
        }
        return request.weightGrams.or(() -> carton.weightGrams).isEmpty()
                ? Optional.of(refused(new LabelRefusal.CartonNotWeighed()))
                : Optional.empty();
    }

    // Against its end, which takes the key away.
    private static Optional<Origin> origin(CarrierId carrier, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select state, warehouse_id, country
                          from wms.carrier
                         where carrier_id = :carrier
                           for share
                        """)
                .bind("carrier", carrier)
                .mapTo(Origin.class)
                .findOne();
    }

    private static Optional<Carton> carton(LpnId carton, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select lpn.order_id, placed.warehouse_id, lpn.type, lpn.state, lpn.weight_grams,
                               recipient.country, recipient.redacted_at is not null as is_forgotten
                          from wms.lpn
                          join wms.outbound_order as placed on placed.order_id = lpn.order_id
                          left join wms.order_recipient as recipient on recipient.order_id = lpn.order_id
                         where lpn.lpn_id = :carton
                        """)
                .bind("carton", carton)
                .mapTo(Carton.class)
                .findOne();
    }

    private static boolean save(LabelId label, Request request, Carton carton, Call call) {
        return call.sql()
                        .createUpdate(
                                """
                                insert into wms.carrier_label (
                                    label_id, carrier_id, order_id, carton_id, format, weight_grams, length_mm, width_mm,
                                    height_mm, asked_at, asked_by, next_attempt_at, called_at)
                                values (:label, :carrier, :order, :carton, :format, :weight, :length, :width, :height,
                                        :now, :actor, :now, :now)
                                    on conflict do nothing
                                """)
                        .bind("label", label)
                        .bind("carrier", request.carrierId)
                        .bind("order", carton.orderId)
                        .bind("carton", request.cartonId)
                        .bind("format", request.format)
                        .bind("weight", request.weightGrams.or(() -> carton.weightGrams))
                        .bind("length", request.lengthMillimetres)
                        .bind("width", request.widthMillimetres)
                        .bind("height", request.heightMillimetres)
                        .bind("now", call.now())
                        .bind("actor", call.actor().reference())
                        .execute()
                == 1;
    }

    private static LabelState existing(LpnId carton, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select state
                          from wms.carrier_label
                         where carton_id = :carton
                         order by label_id desc
                         limit 1
                        """)
                .bind("carton", carton)
                .mapTo(LabelState.class)
                .one();
    }
}
