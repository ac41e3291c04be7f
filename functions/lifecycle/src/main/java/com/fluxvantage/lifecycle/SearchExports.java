package com.fluxvantage.lifecycle;

import static com.fluxvantage.kernel.operation.Outcome.found;
import static com.fluxvantage.kernel.operation.Permission.TENANT_MANAGE;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Cursor;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.PageLimit;
import com.fluxvantage.kernel.operation.PageRequest;
import com.fluxvantage.kernel.operation.Work;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Finds the tenant's exports, the newest first, also those whose files are gone. */
final class SearchExports {
    static final Operation<Request, Result> OPERATION =
            Operation.get("search-exports", "/tenant/exports")
                    .summary("Finds the tenant's exports, the newest first.")
                    .requires(TENANT_MANAGE)
                    .work(Work.EXPORT)
                    .handledBy(Request.class, Result.class, Request.EXAMPLE, SearchExports::handle);

    private static final UUID AFTER_ALL = new UUID(-1, -1);

    record Request(Optional<PageLimit> limit, Optional<Cursor> cursor) {
        static final Request EXAMPLE =
                new Request(Optional.of(new PageLimit(20)), Optional.empty());
    }

    record Result(List<Export> items, Optional<Cursor> nextCursor) {}

    record Export(
            ExportId exportId,
            ExportState state,
            Instant requestedAt,
            long files,
            long rows,
            long bytes,
            Optional<Instant> readyAt,
            Optional<Instant> expiresAt,
            long version) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var page = call.page(request.limit, request.cursor);
        var exports = page.of(exports(page, call), it -> List.of(it.exportId.uuid().toString()));
        return found(new Result(exports.items(), exports.nextCursor()));
    }

    private static List<Export> exports(PageRequest page, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select export_id, state, requested_at, file_count as files, row_count as rows,
                               byte_count as bytes, ready_at, expires_at, version
                          from wms.export
                         where export_id < :before
                         order by export_id desc
                         limit :fetch
                        """)
                .bind("before", UUID.fromString(page.after(0, AFTER_ALL.toString())))
                .bind("fetch", page.fetch())
                .mapTo(Export.class)
                .list();
    }
}
