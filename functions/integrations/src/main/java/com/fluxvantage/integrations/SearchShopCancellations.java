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
 * Finds what shops have cancelled and what came of it here, the newest orders first. Asked for what
 * is open it lists what needs a person: the shop has cancelled it, and picking had begun. Either
 * the picks are taken back and the order is cancelled, or it leaves and comes back as a return.
 */
final class SearchShopCancellations {
    static final Operation<Request, Result> OPERATION =
            Operation.get("search-shop-cancellations", "/shop-cancellations")
                    .summary("Finds what shops have cancelled, and what came of it.")
                    .requires(INTEGRATIONS_MANAGE)
                    .handledBy(
                            Request.class,
                            Result.class,
                            Request.EXAMPLE,
                            SearchShopCancellations::handle);

    private static final UUID AFTER_ALL = new UUID(-1, -1);

    // The page is chosen first, and then looked up row by row.
    private static final String SELECT =
            """
            select page.shop_order_id, sold.connection_id, sold.external_key, page.requested_at, page.outcome,
                   page.decided_at, page.order_state, page.closed_at, placed.reference, placed.state as order_state_now
              from (select cancelled.shop_order_id, cancelled.requested_at, cancelled.outcome, cancelled.decided_at,
                           cancelled.order_state, cancelled.closed_at
                      from wms.shop_cancellation as cancelled
                     where cancelled.shop_order_id < :before
            """;

    private static final String OPEN =
            """
                       and cancelled.outcome = 'TOO_LATE'
                       and cancelled.closed_at is null
            """;

    private static final String NEWEST =
            """
                     order by cancelled.shop_order_id desc
                     limit :fetch) as page
             cross join lateral (
                   select known.connection_id, known.external_key, known.order_id
                     from wms.shop_order as known
                    where known.shop_order_id = page.shop_order_id
                    limit 1) as sold
              left join lateral (
                   select made.reference, made.state
                     from wms.outbound_order as made
                    where made.order_id = sold.order_id
                    limit 1) as placed on true
             order by page.shop_order_id desc
            """;

    /** {@code open}: those alone that need a person. */
    record Request(Optional<Boolean> open, Optional<PageLimit> limit, Optional<Cursor> cursor) {
        static final Request EXAMPLE =
                new Request(Optional.of(true), Optional.of(new PageLimit(20)), Optional.empty());
    }

    record Result(List<Cancellation> items, Optional<Cursor> nextCursor) {}

    /**
     * @param externalKey the shop's own key of the order
     * @param reference the number of the order that was made of it, if there is one
     * @param outcome absent while it is being found out
     * @param orderState how far it was when it was too late
     * @param orderStateNow how far it is now
     */
    record Cancellation(
            ShopOrderId shopOrderId,
            ConnectionId connectionId,
            ShopKey externalKey,
            Optional<Reference> reference,
            Optional<CancelOutcome> outcome,
            Optional<String> orderState,
            Optional<String> orderStateNow,
            Instant requestedAt,
            Optional<Instant> decidedAt,
            Optional<Instant> closedAt) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var page = call.page(request.limit, request.cursor);
        var found =
                page.of(
                        cancellations(request, page, call),
                        it -> List.of(it.shopOrderId.uuid().toString()));
        return found(new Result(found.items(), found.nextCursor()));
    }

    private static List<Cancellation> cancellations(Request request, PageRequest page, Call call) {
        boolean openAlone = request.open.orElse(false);
        return call.sql()
                .createQuery(openAlone ? SELECT + OPEN + NEWEST : SELECT + NEWEST)
                .bind("before", UUID.fromString(page.after(0, AFTER_ALL.toString())))
                .bind("fetch", page.fetch())
                .mapTo(Cancellation.class)
                .list();
    }
}
