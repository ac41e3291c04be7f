package com.fluxvantage.integrations;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.outside.ShopKey;
import com.fluxvantage.kernel.outside.Shops.Tracked;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * What a shop was told of in a week and is to show. Of what it does not show it is told again, by
 * the errand that tells of shipments: to tell twice does no harm, for the shop is asked first.
 */
final class NightShipments {
    /** So many are asked for in one call. */
    static final int PAGE = 50;

    private static final Duration A_WEEK = Duration.ofDays(7);
    private static final UUID BEFORE_ALL = new UUID(0, 0);

    /** As the shop was told of it. */
    record Told(UUID shipmentId, ShopKey externalKey, String carrier, String tracking) {
        Tracked tracked() {
            return new Tracked(externalKey, carrier, tracking);
        }
    }

    private NightShipments() {}

    // What the shop has cancelled since it shows as it likes.
    static List<Told> page(ConnectionId connection, Optional<UUID> after, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select report.shipment_id, sold.external_key, sent.carrier, sent.tracking
                          from wms.shop_report as report
                          join wms.shop_order as sold on sold.shop_order_id = report.shop_order_id
                          join wms.shipment as sent on sent.shipment_id = report.shipment_id
                         where report.state = 'TOLD'
                           and report.attempted_at >= :since
                           and report.shipment_id > :after
                           and sold.connection_id = :connection
                           and not exists (
                                   select
                                     from wms.shop_cancellation as cancelled
                                    where cancelled.shop_order_id = sold.shop_order_id)
                         order by report.shipment_id
                         limit :most
                        """)
                .bind("since", call.now().minus(A_WEEK))
                .bind("after", after.orElse(BEFORE_ALL))
                .bind("connection", connection)
                .bind("most", PAGE)
                .mapTo(Told.class)
                .list();
    }

    /** Stores a page. Answers how many the shop is told of again. */
    static int store(
            ConnectionId connection,
            Instant due,
            List<Told> page,
            Set<Tracked> unshown,
            Call call) {
        var again =
                page.stream()
                        .filter(it -> unshown.contains(it.tracked()))
                        .map(Told::shipmentId)
                        .toArray(UUID[]::new);
        int untold =
                call.sql()
                        .createUpdate(
                                """
                                update wms.shop_report
                                   set state = 'PENDING',
                                       attempts = 0,
                                       next_attempt_at = :now
                                 where shipment_id = any (:shipments)
                                   and state = 'TOLD'
                                """)
                        .bind("now", call.now())
                        .bind("shipments", again)
                        .execute();
        call.sql()
                .createUpdate(
                        """
                        update wms.drift_report
                           set shipments_compared = shipments_compared + :compared,
                               shipments_untold = shipments_untold + :untold,
                               shipments_reached = :reached,
                               phase = case when :goes_on then 'SHIPMENTS' else 'STOCK' end,
                               leased_until = null
                         where connection_id = :connection
                           and due_at = :due
                        """)
                .bind("compared", page.size())
                .bind("untold", untold)
                .bind("reached", page.getLast().shipmentId)
                .bind("goes_on", page.size() == PAGE)
                .bind("connection", connection)
                .bind("due", due)
                .execute();
        return untold;
    }
}
