package com.fluxvantage.lifecycle;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Outcome.refused;
import static com.fluxvantage.kernel.operation.Permission.TENANT_MANAGE;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Capability;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.operation.Work;
import com.fluxvantage.kernel.outside.Bucket;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * Makes a link under which one file of an export is fetched within a quarter of an hour. A link is
 * made for each click and kept nowhere: whoever has it has the file. That is why this is an audited
 * read and no write, whose answer would be stored to be repeated. The audit entry says who took
 * which file.
 */
final class MintDownload {
    static final Operation<Request, Result> OPERATION =
            Operation.get("mint-download", "/tenant/exports/{export_id}/files/{file_id}/download")
                    .summary("Makes a link under which a file of an export is fetched for a while.")
                    .requires(TENANT_MANAGE)
                    .readsAudited()
                    .work(Work.EXPORT)
                    .needs(new Capability.LinksObjects(Bucket.EXPORTS))
                    .refuses(NotFound.class)
                    .refuses(ExportRefusal.ExportNotReady.class)
                    .handledBy(Request.class, Result.class, Request.EXAMPLE, MintDownload::handle);

    /** Long enough for a click, too short to be passed on. */
    static final Duration VALIDITY = Duration.ofMinutes(15);

    record Request(ExportId exportId, ExportFileId fileId) {
        static final Request EXAMPLE =
                new Request(new ExportId(new UUID(0, 1)), new ExportFileId(new UUID(0, 2)));
    }

    /**
     * @param link with the key to the file in it
     * @param sha256 of what is fetched, in hexadecimal digits
     */
    record Result(String link, Instant validUntil, String path, long bytes, String sha256) {
        @Override
        public String toString() {
            return "Result[" + path + ", valid until " + validUntil + "]";
        }
    }

    private record Found(
            ExportState state,
            Optional<Instant> expiresAt,
            String path,
            long bytes,
            String sha256,
            long fence) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var file =
                call.sql()
                        .createQuery(
                                """
                                select export.state, export.expires_at, file.path, file.byte_count as bytes,
                                       encode(file.sha256, 'hex') as sha256, file.fence
                                  from wms.export_file as file
                                  join wms.export on export.export_id = file.export_id
                                 where file.file_id = :file
                                   and file.export_id = :export
                                """)
                        .bind("file", request.fileId)
                        .bind("export", request.exportId)
                        .mapTo(Found.class)
                        .findOne();
        if (file.isEmpty()) {
            return missing("file of an export", "fileId");
        }
        var found = file.get();
        if (found.state != ExportState.READY) {
            return refused(new ExportRefusal.ExportNotReady(found.state.name()));
        }
        // The night has not come yet.
        if (!found.expiresAt.orElseThrow().isAfter(call.now())) {
            return refused(new ExportRefusal.ExportNotReady(ExportState.EXPIRED.name()));
        }
        String key = ExportObjects.key(request.exportId, found.fence, found.path);
        return done(
                new Result(
                        call.link(Bucket.EXPORTS, key, VALIDITY),
                        call.now().plus(VALIDITY),
                        found.path,
                        found.bytes,
                        found.sha256),
                Subject.of(request.fileId));
    }
}
