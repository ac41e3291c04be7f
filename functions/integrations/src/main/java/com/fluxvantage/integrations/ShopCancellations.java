package com.fluxvantage.integrations;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.outside.ShopKey;
import com.fluxvantage.kernel.outside.Shops.Cancelled;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What a shop has cancelled, each once. What nothing was made of yet is dropped and done with; of
 * an order whoever keeps it is asked. What we have never heard of is nothing to us.
 */
final class ShopCancellations {
    private record Known(ShopOrderId shopOrderId, Optional<UUID> orderId) {}

    private ShopCancellations() {}

    /** Answers how many were new. */
    static int keep(ConnectionId connection, List<Cancelled> cancelled, Call call) {
        int asked = 0;
        for (var one : cancelled) {
            if (keep(connection, one, call)) {
                asked++;
            }
        }
        return asked;
    }

    // The delivery first and the order after it, as whoever makes an order of it locks them.
    private static boolean keep(ConnectionId connection, Cancelled cancelled, Call call) {
        drop(connection, cancelled.id(), call);
        var known = known(connection, cancelled, call);
        if (known.isEmpty() || !isNew(known.get(), call)) {
            return false;
        }
        known.get()
                .orderId
                .ifPresent(order -> {
                    mark(connection, order, call);
                    call.announce(new ChannelCancelled(known.get().shopOrderId, 1, connection));
                });
        return true;
    }

    private static void drop(ConnectionId connection, ShopKey order, Call call) {
        call.sql()
                .createUpdate(
                        """
                        update wms.channel_delivery
                           set state = 'DROPPED',
                               problem = null,
                               pointer = null,
                               body = null,
                               dropped_for = 'CANCELLED_IN_SHOP',
                               settled_at = :now,
                               version = version + 1
                         where connection_id = :connection
                           and event_id = :key
                           and state in ('RECEIVED', 'HELD')
                        """)
                .bind("now", call.now())
                .bind("connection", connection)
                .bind("key", order)
                .execute();
    }

    private static Optional<Known> known(ConnectionId connection, Cancelled cancelled, Call call) {
        return call.sql()
                .createQuery(
                        """
                        update wms.shop_order
                           set changed_at = greatest(changed_at, :changed)
                         where connection_id = :connection
                           and external_key = :key
                        returning shop_order_id, order_id
                        """)
                .bind("changed", cancelled.updatedAt())
                .bind("connection", connection)
                .bind("key", cancelled.id())
                .mapTo(Known.class)
                .findOne();
    }

    private static boolean isNew(Known known, Call call) {
        return call.sql()
                        .createUpdate(
                                """
                                insert into wms.shop_cancellation (shop_order_id, requested_at, outcome, decided_at)
                                values (:id, :now, :outcome, :decided)
                                    on conflict do nothing
                                """)
                        .bind("id", known.shopOrderId)
                        .bind("now", call.now())
                        .bind(
                                "outcome",
                                known.orderId.isPresent()
                                        ? Optional.empty()
                                        : Optional.of(CancelOutcome.CANCELLED))
                        .bind(
                                "decided",
                                known.orderId.isPresent()
                                        ? Optional.empty()
                                        : Optional.of(call.now()))
                        .execute()
                == 1;
    }

    // The shop takes these units off its number no more, so it is told another one.
    private static void mark(ConnectionId connection, UUID order, Call call) {
        call.sql()
                .createUpdate(
                        """
                        update wms.channel_stock
                           set dirty_at = clock_timestamp()
                         where connection_id = :connection
                           and problem is null
                           and item_id in (
                                   select line.item_id
                                     from wms.outbound_order_line as line
                                    where line.order_id = :order)
                        """)
                .bind("connection", connection)
                .bind("order", order)
                .execute();
    }
}
