package com.fluxvantage.outbound;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Trigger.Event;
import com.fluxvantage.kernel.privacy.PersonalData;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.stock.WarehouseId;
import com.fluxvantage.kernel.text.Reference;
import com.fluxvantage.kernel.text.Sku;

import org.jspecify.annotations.Nullable;

import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Makes an order of what a connected shop has sent, as if it had been brought by a token. What
 * cannot become one yet is held with the reason, and nothing is dropped: an item that we do not
 * know may be known tomorrow. Of a connection that is paused it waits. One at a time, in a
 * transaction of its own, so one that cannot be used keeps no other waiting.
 */
final class AcceptChannelOrder {
    static final Operation<Request, Result> OPERATION =
            Operation.consumer("accept-channel-order", Event.of("channel.delivered"))
                    .summary("Makes an order of what a connected shop has sent.")
                    .announces(OrderAccepted.class)
                    .handledBy(
                            Request.class, Result.class, new Request(), AcceptChannelOrder::handle);

    record Request() {}

    /** What became of the delivery. */
    enum Became {
        ORDER,
        HELD,
        /** Its connection is paused. */
        WAITING,
        /** An order was made of it before, or none is to be made. */
        NOTHING
    }

    record Result(Became became) {}

    private record Delivery(
            String connection,
            WarehouseId warehouseId,
            Reference reference,
            @Nullable LocalDate shipBy,
            PersonalData name,
            @Nullable PersonalData company,
            PersonalData street,
            PersonalData city,
            @Nullable PersonalData region,
            PersonalData postcode,
            Country country,
            @Nullable PersonalData phone,
            @Nullable PersonalData email) {
        AcceptOrder.Request order(List<AcceptOrder.Line> lines) {
            return new AcceptOrder.Request(
                    warehouseId,
                    reference,
                    Optional.ofNullable(shipBy),
                    lines,
                    new AcceptOrder.Recipient(
                            name,
                            Optional.ofNullable(company),
                            street,
                            city,
                            Optional.ofNullable(region),
                            postcode,
                            country,
                            Optional.ofNullable(phone),
                            Optional.ofNullable(email)));
        }
    }

    /**
     * @param soldAs by which SKU the channel means it, where that is not the item's
     */
    private record Line(Sku sku, Quantity quantity, @Nullable Sku soldAs) {
        AcceptOrder.Line ours() {
            return new AcceptOrder.Line(sku, quantity);
        }
    }

    private static Outcome<Result> handle(Request request, Call call) {
        UUID delivery = call.heard().stream();
        var found = locked(delivery, call);
        if (found.isEmpty()) {
            return Outcome.found(new Result(Became.NOTHING));
        }
        if (found.get().connection.equals("PAUSED")) {
            return Outcome.found(new Result(Became.WAITING));
        }
        var lines = lines(delivery, call);
        var order = found.get().order(lines.stream().map(Line::ours).toList());
        return switch (AcceptOrder.accept(order, call)) {
            case Outcome.Done<AcceptOrder.Result>(var accepted, _) -> {
                keepNames(accepted, lines, call);
                settle(delivery, accepted.orderId(), call);
                yield Outcome.found(new Result(Became.ORDER));
            }
            case Outcome.Refused<AcceptOrder.Result>(var refusal) -> {
                if (refusal instanceof NotFound(_, var field)) {
                    putAside(delivery, "UNKNOWN_SKU", "/data/" + field, call);
                } else {
                    putAside(delivery, "REFERENCE_TAKEN", "/data/reference", call);
                }
                yield Outcome.found(new Result(Became.HELD));
            }
        };
    }

    private static Optional<Delivery> locked(UUID delivery, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select (select connection.state
                                  from wms.channel_connection as connection
                                 where connection.connection_id = sent.connection_id) as connection,
                               (select connection.warehouse_id
                                  from wms.channel_connection as connection
                                 where connection.connection_id = sent.connection_id) as warehouse_id,
                               sent.body::jsonb #>> '{data,reference}' as reference,
                               cast(sent.body::jsonb #>> '{data,ship_by}' as date) as ship_by,
                               sent.body::jsonb #>> '{data,recipient,name}' as name,
                               sent.body::jsonb #>> '{data,recipient,company}' as company,
                               sent.body::jsonb #>> '{data,recipient,street}' as street,
                               sent.body::jsonb #>> '{data,recipient,city}' as city,
                               sent.body::jsonb #>> '{data,recipient,region}' as region,
                               sent.body::jsonb #>> '{data,recipient,postcode}' as postcode,
                               sent.body::jsonb #>> '{data,recipient,country}' as country,
                               sent.body::jsonb #>> '{data,recipient,phone}' as phone,
                               sent.body::jsonb #>> '{data,recipient,email}' as email
                          from wms.channel_delivery as sent
                         where sent.delivery_id = :delivery
                           and sent.state not in ('APPLIED', 'DROPPED')
                           for no key update
                        """)
                .bind("delivery", delivery)
                .mapTo(Delivery.class)
                .findOne();
    }

    // What the tenant has said that the channel means comes before what has the same SKU here.
    private static List<Line> lines(UUID delivery, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select coalesce(meant.sku, line.value ->> 'sku') as sku,
                               cast(line.value ->> 'quantity' as bigint) as quantity,
                               nullif(line.value ->> 'sku', coalesce(meant.sku, line.value ->> 'sku')) as sold_as
                          from wms.channel_delivery as sent
                         cross join lateral jsonb_array_elements(sent.body::jsonb #> '{data,lines}')
                               with ordinality as line
                          left join lateral (
                               select item.sku
                                 from wms.shop_sku as mapped
                                 join wms.item on item.item_id = mapped.item_id
                                where mapped.connection_id = sent.connection_id
                                  and mapped.shop_sku = line.value ->> 'sku'
                                limit 1) as meant on true
                         where sent.delivery_id = :delivery
                         order by line.ordinality
                        """)
                .bind("delivery", delivery)
                .mapTo(Line.class)
                .list();
    }

    // The lines of an order have the numbers of what was sent.
    private static void keepNames(AcceptOrder.Result accepted, List<Line> lines, Call call) {
        var named =
                accepted.lines().stream()
                        .filter(it -> lines.get(it.lineNo() - 1).soldAs != null)
                        .toList();
        if (named.isEmpty()) {
            return;
        }
        call.sql()
                .createUpdate(
                        """
                        update wms.outbound_order_line as line
                           set sold_as = named.sku
                          from unnest(:lines, :skus) as named (line_id, sku)
                         where line.order_line_id = named.line_id
                        """)
                .bind("lines", named.stream().map(it -> it.lineId().uuid()).toArray(UUID[]::new))
                .bind(
                        "skus",
                        named.stream()
                                .map(it -> String.valueOf(lines.get(it.lineNo() - 1).soldAs))
                                .toArray(String[]::new))
                .execute();
    }

    private static void settle(UUID delivery, OrderId order, Call call) {
        call.sql()
                .createQuery(
                        """
                        select wms.settle_delivery(:delivery, 'APPLIED', null, :order, :now)
                        """)
                .bind("delivery", delivery)
                .bind("order", order)
                .bind("now", call.now())
                .mapTo(String.class)
                .one();
    }

    private static void putAside(UUID delivery, String problem, String pointer, Call call) {
        call.sql()
                .createQuery(
                        """
                        select wms.put_aside(:delivery, :problem, :pointer, :now)
                        """)
                .bind("delivery", delivery)
                .bind("problem", problem)
                .bind("pointer", pointer)
                .bind("now", call.now())
                .mapTo(String.class)
                .one();
    }
}
