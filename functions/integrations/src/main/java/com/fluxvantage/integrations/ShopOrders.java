package com.fluxvantage.integrations;

import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.InvalidValue;
import com.fluxvantage.kernel.outside.ShopOrder;
import com.fluxvantage.kernel.privacy.PersonalData;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.text.Reference;
import com.fluxvantage.kernel.text.Sku;

import java.util.List;
import java.util.Optional;

/**
 * What a shop has told of its orders, as deliveries: each once, by the shop's own key of it. One
 * that could not be used and has changed at the shop since is looked at anew; one that became an
 * order stays as it is, whatever becomes of it there.
 */
final class ShopOrders {
    record Counts(int taken, int known, int held) {
        static final Counts NONE = new Counts(0, 0, 0);
    }

    private enum Became {
        TAKEN,
        KNOWN,
        HELD
    }

    private record Revised(DeliveryId deliveryId, long version) {}

    private ShopOrders() {}

    static Counts keep(ConnectionId connection, List<ShopOrder> orders, Call call) {
        int taken = 0;
        int known = 0;
        int held = 0;
        for (var order : orders) {
            switch (keep(connection, order, call)) {
                case TAKEN -> taken++;
                case KNOWN -> known++;
                case HELD -> held++;
            }
        }
        return new Counts(taken, known, held);
    }

    private static Became keep(ConnectionId connection, ShopOrder order, Call call) {
        var problem = problem(order);
        if (isNew(connection, order, call)) {
            var delivery = new DeliveryId(Uuid7.next());
            insert(connection, delivery, order, problem, call);
            return goesOn(new Revised(delivery, 1), problem, connection, call);
        }
        if (!hasChanged(connection, order, call)) {
            return Became.KNOWN;
        }
        return revise(connection, order, problem, call)
                .map(it -> goesOn(it, problem, connection, call))
                .orElse(Became.KNOWN);
    }

    private static Became goesOn(
            Revised delivery,
            Optional<DeliveryProblem> problem,
            ConnectionId connection,
            Call call) {
        if (problem.isPresent()) {
            return Became.HELD;
        }
        call.announce(new ChannelDelivered(delivery.deliveryId, delivery.version, connection));
        return Became.TAKEN;
    }

    /** Judged by the same records that judge what a channel sends by itself. */
    static Optional<DeliveryProblem> problem(ShopOrder order) {
        ChannelOrder.Recipient recipient;
        try {
            recipient = recipient(order.address());
        } catch (InvalidValue _) {
            return Optional.of(DeliveryProblem.BAD_ADDRESS);
        }
        try {
            var lines =
                    order.lines().stream()
                            .map(it ->
                                    new ChannelOrder.Line(
                                            new Sku(it.sku()), Quantity.of(it.quantity())))
                            .toList();
            var usable =
                    new ChannelOrder(
                            new Reference(order.number()), Optional.empty(), lines, recipient);
            return usable.lines().isEmpty()
                    ? Optional.of(DeliveryProblem.UNUSABLE_ORDER)
                    : Optional.empty();
        } catch (InvalidValue _) {
            return Optional.of(DeliveryProblem.UNUSABLE_ORDER);
        }
    }

    private static ChannelOrder.Recipient recipient(ShopOrder.Address address) {
        return new ChannelOrder.Recipient(
                given(address.name()),
                address.company().map(PersonalData::new),
                given(address.street()),
                given(address.city()),
                address.region().map(PersonalData::new),
                given(address.postcode()),
                new ChannelOrder.CountryCode(address.country().orElse("")),
                address.phone().map(PersonalData::new),
                address.email().map(PersonalData::new));
    }

    private static PersonalData given(Optional<String> text) {
        return new PersonalData(text.orElse(""));
    }

    private static boolean isNew(ConnectionId connection, ShopOrder order, Call call) {
        return call.sql()
                        .createUpdate(
                                """
                                insert into wms.shop_order (
                                    shop_order_id, connection_id, external_key, changed_at, seen_at)
                                values (:id, :connection, :key, :changed, :now)
                                    on conflict do nothing
                                """)
                        .bind("id", Uuid7.next())
                        .bind("connection", connection)
                        .bind("key", order.id())
                        .bind("changed", order.updatedAt())
                        .bind("now", call.now())
                        .execute()
                == 1;
    }

    private static boolean hasChanged(ConnectionId connection, ShopOrder order, Call call) {
        return call.sql()
                        .createUpdate(
                                """
                                update wms.shop_order
                                   set changed_at = :changed
                                 where connection_id = :connection
                                   and external_key = :key
                                   and changed_at < :changed
                                """)
                        .bind("changed", order.updatedAt())
                        .bind("connection", connection)
                        .bind("key", order.id())
                        .execute()
                == 1;
    }

    private static void insert(
            ConnectionId connection,
            DeliveryId delivery,
            ShopOrder order,
            Optional<DeliveryProblem> problem,
            Call call) {
        call.sql()
                .createUpdate(
                        """
                        insert into wms.channel_delivery (
                            delivery_id, connection_id, event_id, reference, state, problem, body, received_at, settled_at)
                        values (
                            :delivery, :connection, :key, left(nullif(:number, ''), 64), :state, :problem, :body, :now, :settled)
                        """)
                .bind("delivery", delivery)
                .bind("connection", connection)
                .bind("key", order.id())
                .bind("number", order.number())
                .bind("state", state(problem))
                .bind("problem", problem)
                .bind("body", ShopOrderBody.of(order, call))
                .bind("now", call.now())
                .bind("settled", problem.map(_ -> call.now()))
                .execute();
    }

    // Only what waits or is held: what was dropped or forgotten stays so, and an order is what it
    // is.
    private static Optional<Revised> revise(
            ConnectionId connection,
            ShopOrder order,
            Optional<DeliveryProblem> problem,
            Call call) {
        return call.sql()
                .createQuery(
                        """
                        update wms.channel_delivery
                           set state = :state,
                               problem = :problem,
                               pointer = null,
                               body = :body,
                               settled_at = coalesce(settled_at, :settled),
                               tries = 0,
                               version = version + 1
                         where connection_id = :connection
                           and event_id = :key
                           and state not in ('APPLIED', 'DROPPED')
                        returning delivery_id, version
                        """)
                .bind("state", state(problem))
                .bind("problem", problem)
                .bind("body", ShopOrderBody.of(order, call))
                .bind("settled", problem.map(_ -> call.now()))
                .bind("connection", connection)
                .bind("key", order.id())
                .mapTo(Revised.class)
                .findOne();
    }

    private static String state(Optional<DeliveryProblem> problem) {
        return problem.isPresent() ? "HELD" : "RECEIVED";
    }
}
