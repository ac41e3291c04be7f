package com.fluxvantage.integrations;

import static com.fluxvantage.kernel.operation.Outcome.found;
import static com.fluxvantage.kernel.operation.Permission.INTEGRATIONS_MANAGE;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Cursor;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.PageLimit;
import com.fluxvantage.kernel.operation.PageRequest;
import com.fluxvantage.kernel.stock.WarehouseId;
import com.fluxvantage.kernel.text.Name;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Finds the tenant's connections, the newest first, also those that are ended. */
final class SearchConnections {
    static final Operation<Request, Result> OPERATION =
            Operation.get("search-connections", "/connections")
                    .summary("Finds the systems that are connected, the newest first.")
                    .requires(INTEGRATIONS_MANAGE)
                    .handledBy(
                            Request.class,
                            Result.class,
                            Request.EXAMPLE,
                            SearchConnections::handle);

    private static final UUID AFTER_ALL = new UUID(-1, -1);

    record Request(Optional<PageLimit> limit, Optional<Cursor> cursor) {
        static final Request EXAMPLE =
                new Request(Optional.of(new PageLimit(20)), Optional.empty());
    }

    record Result(List<Connection> items, Optional<Cursor> nextCursor) {}

    record Connection(
            ConnectionId connectionId,
            ChannelKind kind,
            Name name,
            WarehouseId warehouseId,
            ConnectionState state,
            Instant connectedAt,
            long version) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var page = call.page(request.limit, request.cursor);
        var found =
                page.of(connections(page, call), it -> List.of(it.connectionId.uuid().toString()));
        return found(new Result(found.items(), found.nextCursor()));
    }

    private static List<Connection> connections(PageRequest page, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select connection_id, kind, name, warehouse_id, state, connected_at, version
                          from wms.channel_connection
                         where connection_id < :before
                         order by connection_id desc
                         limit :fetch
                        """)
                .bind("before", UUID.fromString(page.after(0, AFTER_ALL.toString())))
                .bind("fetch", page.fetch())
                .mapTo(Connection.class)
                .list();
    }
}
