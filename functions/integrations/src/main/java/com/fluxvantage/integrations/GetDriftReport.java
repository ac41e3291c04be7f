package com.fluxvantage.integrations;

import static com.fluxvantage.kernel.operation.Outcome.found;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Permission.INTEGRATIONS_MANAGE;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Cursor;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.PageLimit;
import com.fluxvantage.kernel.operation.PageRequest;
import com.fluxvantage.kernel.text.Sku;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Shows how far a shop was from what it was told when it was compared last: orders, shipments and
 * stock by their numbers, stock item by item as well, and whether it is told nothing for that
 * reason. Quantities are on hand as the shop counts: with what it has sold and not sent.
 */
final class GetDriftReport {
    static final Operation<Request, Result> OPERATION =
            Operation.get("get-drift-report", "/connections/{connection_id}/drift")
                    .summary("Shows how far a shop is from what it was told.")
                    .requires(INTEGRATIONS_MANAGE)
                    .refuses(NotFound.class)
                    .handledBy(
                            Request.class, Result.class, Request.EXAMPLE, GetDriftReport::handle);

    record Request(ConnectionId connectionId, Optional<PageLimit> limit, Optional<Cursor> cursor) {
        static final Request EXAMPLE =
                new Request(
                        new ConnectionId(new UUID(0, 2)),
                        Optional.of(new PageLimit(20)),
                        Optional.empty());
    }

    /**
     * @param stoppedAt since then the shop is told nothing, until the drift is accepted
     * @param nights the newest first, a month at most
     * @param items that differed in the newest of them
     */
    record Result(
            Optional<Instant> stoppedAt,
            int driftLimit,
            List<Night> nights,
            List<Drift> items,
            Optional<Cursor> nextCursor) {}

    /**
     * @param differing show neither what they should nor what they were told
     * @param behind showed what they were told last, and are told again
     * @param absent the shop does not have
     * @param ordersMissing open orders of the shop that we did not have, and have taken in
     * @param shipmentsUntold the shop did not show, and is told again
     */
    record Night(
            Instant dueAt,
            DriftOutcome outcome,
            int compared,
            int differing,
            int behind,
            int absent,
            int ordersCompared,
            int ordersMissing,
            int shipmentsCompared,
            int shipmentsUntold,
            Optional<Instant> endedAt,
            Optional<Instant> acceptedAt) {}

    /** {@code sku} as the shop knows it. */
    record Drift(Sku sku, long ours, long shown) {}

    private record Shop(Optional<Instant> stoppedAt, int driftLimit) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var shop = shop(request.connectionId, call);
        if (shop.isEmpty()) {
            return missing("connection", "connectionId");
        }
        var page = call.page(request.limit, request.cursor);
        var drift = page.of(drift(request, page, call), it -> List.of(it.sku.value()));
        return found(
                new Result(
                        shop.get().stoppedAt,
                        shop.get().driftLimit,
                        nights(request.connectionId, call),
                        drift.items(),
                        drift.nextCursor()));
    }

    private static Optional<Shop> shop(ConnectionId connection, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select shop.stopped_at, coalesce(shop.drift_limit, 10) as drift_limit
                          from wms.shop_connection as called
                          left join wms.stock_channel as shop on shop.connection_id = called.connection_id
                         where called.connection_id = :connection
                        """)
                .bind("connection", connection)
                .mapTo(Shop.class)
                .findOne();
    }

    private static List<Night> nights(ConnectionId connection, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select due_at, outcome, compared, differing, behind, absent, orders_compared, orders_missing,
                               shipments_compared, shipments_untold, ended_at, accepted_at
                          from wms.drift_report
                         where connection_id = :connection
                         order by due_at desc
                         limit 31
                        """)
                .bind("connection", connection)
                .mapTo(Night.class)
                .list();
    }

    private static List<Drift> drift(Request request, PageRequest page, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select coalesce(nullif(stock.shop_sku, ''), item.sku) as sku,
                               stock.drift_ours as ours,
                               stock.drift_shown as shown
                          from wms.channel_stock as stock
                          join wms.item on item.item_id = stock.item_id
                         where stock.connection_id = :connection
                           and stock.drift_for is not null
                           and coalesce(nullif(stock.shop_sku, ''), item.sku) > :after
                         order by 1
                         limit :fetch
                        """)
                .bind("connection", request.connectionId)
                .bind("after", page.after(0, ""))
                .bind("fetch", page.fetch())
                .mapTo(Drift.class)
                .list();
    }
}
