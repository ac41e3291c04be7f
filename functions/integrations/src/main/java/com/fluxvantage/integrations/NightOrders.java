package com.fluxvantage.integrations;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.outside.ShopOrder;
import com.fluxvantage.kernel.outside.Shops.From;
import com.fluxvantage.kernel.outside.Shops.Page;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A shop's open orders of a week, asked for again at night. What we do not have is taken in as by
 * day. It counts as missing only where the reading by day would not have come to it any more: what
 * has changed since is on its way.
 */
final class NightOrders {
    /** Of one page: its effects are one transaction of a job. */
    static final int PAGE = PullOrders.PAGE;

    private static final Duration A_WEEK = Duration.ofDays(7);

    private NightOrders() {}

    /** Where the reading of this night goes on; absent while no order of the shop was read yet. */
    static Optional<From> from(ConnectionId connection, DriftReports.Lease lease, Call call) {
        return lease.ordersFrom()
                .map(it -> new From(Optional.of(it), lease.ordersSkip()))
                .or(() ->
                        highWater(connection, call)
                                .map(it -> new From(Optional.of(it.minus(A_WEEK)), 0)));
    }

    /** Stores a page, and where the next one begins. Answers how many orders we did not have. */
    static int store(ConnectionId connection, Instant due, Page page, Call call) {
        int missing = missing(connection, page.orders(), call);
        ShopOrders.keep(connection, page.orders(), call);
        ShopCancellations.keep(connection, page.cancelled(), call);
        call.sql()
                .createUpdate(
                        """
                        update wms.drift_report
                           set orders_compared = orders_compared + :compared,
                               orders_missing = orders_missing + :missing,
                               orders_from = :from,
                               orders_skip = :skip,
                               phase = case when :goes_on then 'ORDERS' else 'SHIPMENTS' end,
                               leased_until = null
                         where connection_id = :connection
                           and due_at = :due
                        """)
                .bind("compared", page.orders().size())
                .bind("missing", missing)
                .bind("from", page.next().flatMap(From::updatedFrom))
                .bind("skip", page.next().map(From::skip).orElse(0))
                .bind("goes_on", page.next().isPresent())
                .bind("connection", connection)
                .bind("due", due)
                .execute();
        return missing;
    }

    private static Optional<Instant> highWater(ConnectionId connection, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select high_water
                          from wms.shop_connection
                         where connection_id = :connection
                           and high_water is not null
                        """)
                .bind("connection", connection)
                .mapTo(Instant.class)
                .findOne();
    }

    private static int missing(ConnectionId connection, List<ShopOrder> orders, Call call) {
        var passed = highWater(connection, call).map(it -> it.minus(ShopPull.OVERLAP));
        var keys =
                orders.stream()
                        .filter(it -> passed.filter(it.updatedAt()::isBefore).isPresent())
                        .map(it -> it.id().value())
                        .toArray(String[]::new);
        return call.sql()
                .createQuery(
                        """
                        select count(*)
                          from unnest(:keys) as told (key)
                         where not exists (
                                   select
                                     from wms.shop_order as known
                                    where known.connection_id = :connection
                                      and known.external_key = told.key)
                        """)
                .bind("keys", keys)
                .bind("connection", connection)
                .mapTo(Integer.class)
                .one();
    }
}
