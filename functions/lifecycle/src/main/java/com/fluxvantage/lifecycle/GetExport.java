package com.fluxvantage.lifecycle;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Permission.TENANT_MANAGE;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.operation.Versioned;
import com.fluxvantage.kernel.operation.Work;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** Says how far an export is, and once it is ready until when it can be fetched. */
final class GetExport {
    static final Operation<Request, Result> OPERATION =
            Operation.get("get-export", "/tenant/exports/{export_id}")
                    .summary("Says how far an export is and until when it can be fetched.")
                    .requires(TENANT_MANAGE)
                    .work(Work.EXPORT)
                    .refuses(NotFound.class)
                    .handledBy(Request.class, Result.class, Request.EXAMPLE, GetExport::handle);

    record Request(ExportId exportId) {
        static final Request EXAMPLE = new Request(new ExportId(new UUID(0, 1)));
    }

    /**
     * @param asOf when it was planned: a row that came later is not in it
     * @param tablesDone of how many tables all is read
     * @param bytes of all files, as they are fetched
     * @param manifestSha256 of the manifest that is signed, in hexadecimal digits
     */
    record Result(
            ExportId exportId,
            ExportState state,
            Instant requestedAt,
            Optional<ExportId> previousExportId,
            Optional<Instant> asOf,
            Optional<ExportConsistency> consistency,
            long tables,
            long tablesDone,
            long files,
            long rows,
            long bytes,
            Optional<String> manifestSha256,
            Optional<Instant> readyAt,
            Optional<Instant> expiresAt,
            long version)
            implements Versioned {}

    private static Outcome<Result> handle(Request request, Call call) {
        var found =
                call.sql()
                        .createQuery(
                                """
                                select export_id, state, requested_at, previous_export_id, as_of,
                                       case when frozen then 'FROZEN' when not frozen then 'PER_TABLE' end as consistency,
                                       (select count(*)
                                          from wms.export_table as part
                                         where part.export_id = export.export_id) as tables,
                                       (select count(*)
                                          from wms.export_table as part
                                         where part.export_id = export.export_id
                                           and part.is_done) as tables_done,
                                       file_count as files, row_count as rows, byte_count as bytes,
                                       encode(manifest_sha256, 'hex') as manifest_sha256, ready_at, expires_at, version
                                  from wms.export
                                 where export_id = :export
                                """)
                        .bind("export", request.exportId)
                        .mapTo(Result.class)
                        .findOne();
        return found.isEmpty()
                ? missing("export", "exportId")
                : done(found.get(), Subject.of(request.exportId));
    }
}
