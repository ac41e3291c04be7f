package com.fluxvantage.lifecycle;

import static com.fluxvantage.kernel.operation.Outcome.found;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Permission.TENANT_MANAGE;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Cursor;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.PageLimit;
import com.fluxvantage.kernel.operation.PageRequest;
import com.fluxvantage.kernel.operation.Work;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Finds the files of an export in the order of their paths, below which whoever fetches them keeps
 * them: the verifier looks for them there.
 */
final class SearchExportFiles {
    static final Operation<Request, Result> OPERATION =
            Operation.get("search-export-files", "/tenant/exports/{export_id}/files")
                    .summary("Finds the files of an export with their digests.")
                    .requires(TENANT_MANAGE)
                    .work(Work.EXPORT)
                    .refuses(NotFound.class)
                    .handledBy(
                            Request.class,
                            Result.class,
                            Request.EXAMPLE,
                            SearchExportFiles::handle);

    record Request(ExportId exportId, Optional<PageLimit> limit, Optional<Cursor> cursor) {
        static final Request EXAMPLE =
                new Request(
                        new ExportId(new UUID(0, 1)),
                        Optional.of(new PageLimit(20)),
                        Optional.empty());
    }

    record Result(List<File> items, Optional<Cursor> nextCursor) {}

    /**
     * @param rows lines of the file once it is unpacked; none of what holds no rows
     * @param sha256 of the file as it is fetched, in hexadecimal digits
     */
    record File(
            ExportFileId fileId,
            String path,
            String contentType,
            long rows,
            long bytes,
            String sha256) {}

    private static Outcome<Result> handle(Request request, Call call) {
        if (!isThere(request.exportId, call)) {
            return missing("export", "exportId");
        }
        var page = call.page(request.limit, request.cursor);
        var files = page.of(files(request.exportId, page, call), it -> List.of(it.path));
        return found(new Result(files.items(), files.nextCursor()));
    }

    private static boolean isThere(ExportId export, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select exists (
                            select
                              from wms.export
                             where export_id = :export)
                        """)
                .bind("export", export)
                .mapTo(Boolean.class)
                .one();
    }

    private static List<File> files(ExportId export, PageRequest page, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select file_id, path, content_type, row_count as rows, byte_count as bytes,
                               encode(sha256, 'hex') as sha256
                          from wms.export_file
                         where export_id = :export
                           and path > :after
                         order by path
                         limit :fetch
                        """)
                .bind("export", export)
                .bind("after", page.after(0, ""))
                .bind("fetch", page.fetch())
                .mapTo(File.class)
                .list();
    }
}
