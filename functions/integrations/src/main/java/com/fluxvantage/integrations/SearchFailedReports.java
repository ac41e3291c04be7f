package com.fluxvantage.integrations;

import static com.fluxvantage.kernel.operation.Outcome.found;
import static com.fluxvantage.kernel.operation.Permission.INTEGRATIONS_MANAGE;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Cursor;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.PageLimit;
import com.fluxvantage.kernel.operation.PageRequest;
import com.fluxvantage.kernel.outside.ShopKey;
import com.fluxvantage.kernel.text.Reference;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Finds shipments that a shop could not be told of in three days, the newest first, and what it
 * said last. The goods have left; the shop and its buyer do not know.
 */
final class SearchFailedReports {
    static final Operation<Request, Result> OPERATION =
            Operation.get("search-failed-reports", "/failed-reports")
                    .summary("Finds shipments that a shop could not be told of, and why.")
                    .requires(INTEGRATIONS_MANAGE)
                    .handledBy(
                            Request.class,
                            Result.class,
                            Request.EXAMPLE,
                            SearchFailedReports::handle);

    private static final UUID AFTER_ALL = new UUID(-1, -1);

    record Request(
            Optional<ConnectionId> connectionId,
            Optional<PageLimit> limit,
            Optional<Cursor> cursor) {
        static final Request EXAMPLE =
                new Request(
                        Optional.of(new ConnectionId(new UUID(0, 2))),
                        Optional.of(new PageLimit(20)),
                        Optional.empty());
    }

    record Result(List<Failed> items, Optional<Cursor> nextCursor) {}

    /**
     * @param externalKey the shop's own key of the order
     * @param reference the order's number
     * @param outcome what the shop said last
     */
    record Failed(
            ShipmentId shipmentId,
            ConnectionId connectionId,
            ShopKey externalKey,
            Reference reference,
            ShopOutcome outcome,
            int attempts,
            Instant queuedAt,
            Instant attemptedAt) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var page = call.page(request.limit, request.cursor);
        var found =
                page.of(
                        failed(request, page, call),
                        it -> List.of(it.shipmentId.uuid().toString()));
        return found(new Result(found.items(), found.nextCursor()));
    }

    private static List<Failed> failed(Request request, PageRequest page, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select report.shipment_id, sold.connection_id, sold.external_key, placed.reference,
                               report.outcome, report.attempts, report.queued_at, report.attempted_at
                          from wms.shop_report as report
                         cross join lateral (
                               select known.connection_id, known.external_key, known.order_id
                                 from wms.shop_order as known
                                where known.shop_order_id = report.shop_order_id
                                limit 1) as sold
                         cross join lateral (
                               select made.reference
                                 from wms.outbound_order as made
                                where made.order_id = sold.order_id
                                limit 1) as placed
                         where report.state = 'FAILED'
                           and report.shipment_id < :before
                           and (cast(:connection as uuid) is null or sold.connection_id = :connection)
                         order by report.shipment_id desc
                         limit :fetch
                        """)
                .bind("before", UUID.fromString(page.after(0, AFTER_ALL.toString())))
                .bind("connection", request.connectionId)
                .bind("fetch", page.fetch())
                .mapTo(Failed.class)
                .list();
    }
}
