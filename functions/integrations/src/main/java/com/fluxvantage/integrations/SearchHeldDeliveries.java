package com.fluxvantage.integrations;

import static com.fluxvantage.kernel.operation.Outcome.found;
import static com.fluxvantage.kernel.operation.Permission.INTEGRATIONS_MANAGE;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Cursor;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.PageLimit;
import com.fluxvantage.kernel.operation.PageRequest;
import com.fluxvantage.kernel.text.Reference;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Finds what channels have sent and no order could be made of, the newest first: with the channel's
 * own order number, by which it is found in the shop, and what is wrong with it. What it says of
 * people is not shown.
 */
final class SearchHeldDeliveries {
    static final Operation<Request, Result> OPERATION =
            Operation.get("search-held-deliveries", "/held-deliveries")
                    .summary("Finds what no order could be made of, and why.")
                    .requires(INTEGRATIONS_MANAGE)
                    .handledBy(
                            Request.class,
                            Result.class,
                            Request.EXAMPLE,
                            SearchHeldDeliveries::handle);

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

    record Result(List<Held> items, Optional<Cursor> nextCursor) {}

    /**
     * @param reference the channel's own order number
     * @param pointer the place in what was sent that is meant, where there is one
     * @param heldAt when it was put aside first
     */
    record Held(
            DeliveryId deliveryId,
            ConnectionId connectionId,
            Optional<Reference> reference,
            DeliveryProblem problem,
            Optional<String> pointer,
            Instant receivedAt,
            Instant heldAt,
            Optional<Instant> triedAt) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var page = call.page(request.limit, request.cursor);
        var found =
                page.of(held(request, page, call), it -> List.of(it.deliveryId.uuid().toString()));
        return found(new Result(found.items(), found.nextCursor()));
    }

    private static List<Held> held(Request request, PageRequest page, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select delivery_id, connection_id, reference, problem, pointer, received_at,
                               settled_at as held_at, tried_at
                          from wms.channel_delivery
                         where state = 'HELD'
                           and delivery_id < :before
                           and (cast(:connection as uuid) is null or connection_id = :connection)
                         order by delivery_id desc
                         limit :fetch
                        """)
                .bind("before", UUID.fromString(page.after(0, AFTER_ALL.toString())))
                .bind("connection", request.connectionId)
                .bind("fetch", page.fetch())
                .mapTo(Held.class)
                .list();
    }
}
