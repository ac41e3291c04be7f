package com.fluxvantage.lifecycle;

import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.operation.Call;

import java.util.List;
import java.util.Optional;

/**
 * What a run writes down of each step. All of it begins with the export's row, and only for whoever
 * still has the lease: no answer means that it was lost, or that the export was cancelled.
 */
final class ExportRecords {
    private ExportRecords() {}

    /** The export after the step. */
    record Recorded(ExportState state, long files, long version) {}

    /** Makes the plan, and throws away one that was made by another map. */
    static Optional<Recorded> planned(RunExport.Lease lease, Call call) {
        var recorded =
                call.sql()
                        .createQuery(
                                """
                                update wms.export
                                   set state = 'RUNNING',
                                       as_of = :now,
                                       map_version = fv.data_map_version(),
                                       schema_version = fv.schema_version(),
                                       frozen = tenant.state in ('wind_down', 'deletion_scheduled'),
                                       tenant_generation = tenant.generation,
                                       file_count = 0,
                                       row_count = 0,
                                       byte_count = 0,
                                       leased_until = null,
                                       moved_at = clock_timestamp(),
                                       version = export.version + 1
                                  from wms.tenant
                                 where export_id = :export
                                   and fence = :fence
                                   and export.state in ('REQUESTED', 'RUNNING', 'PACKAGING')
                                returning export.state, file_count as files, export.version
                                """)
                        .bind("now", call.now())
                        .bind("export", lease.exportId())
                        .bind("fence", lease.fence())
                        .mapTo(Recorded.class)
                        .findOne();
        if (recorded.isPresent()) {
            forget(lease.exportId(), call);
            call.sql()
                    .createQuery("select tables from wms.plan_export(:export)")
                    .bind("export", lease.exportId())
                    .mapTo(Integer.class)
                    .one();
        }
        return recorded;
    }

    private static void forget(ExportId export, Call call) {
        call.sql()
                .createUpdate("delete from wms.export_file where export_id = :export")
                .bind("export", export)
                .execute();
        call.sql()
                .createUpdate("delete from wms.export_table where export_id = :export")
                .bind("export", export)
                .execute();
    }

    static Optional<Recorded> taken(RunExport.Lease lease, ExportPiece piece, Call call) {
        var recorded =
                call.sql()
                        .createQuery(
                                """
                                update wms.export
                                   set state = case
                                           when :last and not exists (
                                               select
                                                 from wms.export_table as other
                                                where other.export_id = export.export_id
                                                  and other.table_no <> :table
                                                  and not other.is_done)
                                           then 'PACKAGING'
                                           else state
                                       end,
                                       file_count = file_count + :files,
                                       row_count = row_count + :rows,
                                       byte_count = byte_count + :bytes,
                                       leased_until = null,
                                       moved_at = clock_timestamp(),
                                       version = version + 1
                                 where export_id = :export
                                   and fence = :fence
                                   and state = 'RUNNING'
                                returning state, file_count as files, version
                                """)
                        .bind("last", piece.isLast())
                        .bind("table", piece.tableNo())
                        .bind("files", piece.document().isPresent() ? 1 : 0)
                        .bind("rows", piece.rows())
                        .bind("bytes", piece.document().map(ExportDocument::bytes).orElse(0))
                        .bind("export", lease.exportId())
                        .bind("fence", lease.fence())
                        .mapTo(Recorded.class)
                        .findOne();
        if (recorded.isPresent()) {
            advance(lease, piece, call);
            piece.document().ifPresent(it -> file(lease, it, piece, call));
        }
        return recorded;
    }

    private static void advance(RunExport.Lease lease, ExportPiece piece, Call call) {
        call.sql()
                .createUpdate(
                        """
                        update wms.export_table
                           set taken_to = coalesce(:taken_to, taken_to),
                               is_done = :last,
                               piece_count = piece_count + :files,
                               row_count = row_count + :rows,
                               read_from = coalesce(read_from, :read_at),
                               read_until = :read_at
                         where export_id = :export
                           and table_no = :table
                        """)
                .bind("taken_to", piece.takenTo().map(it -> it.toArray(String[]::new)))
                .bind("last", piece.isLast())
                .bind("files", piece.document().isPresent() ? 1 : 0)
                .bind("rows", piece.rows())
                .bind("read_at", piece.readAt())
                .bind("export", lease.exportId())
                .bind("table", piece.tableNo())
                .execute();
    }

    static Optional<Recorded> packaged(
            RunExport.Lease lease, ExportPackage contents, List<ExportDocument> all, Call call) {
        var recorded =
                call.sql()
                        .createQuery(
                                """
                                update wms.export
                                   set state = 'READY',
                                       frozen = :frozen,
                                       manifest_sha256 = :manifest,
                                       file_count = file_count + :files,
                                       byte_count = byte_count + :bytes,
                                       ready_at = :now,
                                       -- A tenant that ends has as long as its window is.
                                       expires_at = :now + case
                                           when tenant.state in ('wind_down', 'deletion_scheduled') then interval '30 days'
                                           else interval '7 days'
                                       end,
                                       ended_at = :now,
                                       leased_until = null,
                                       moved_at = clock_timestamp(),
                                       version = export.version + 1
                                  from wms.tenant
                                 where export_id = :export
                                   and fence = :fence
                                   and export.state = 'PACKAGING'
                                returning export.state, file_count as files, export.version
                                """)
                        .bind("frozen", contents.consistency() == ExportConsistency.FROZEN)
                        .bind("manifest", contents.manifest().sha256())
                        .bind("files", all.size())
                        .bind("bytes", all.stream().mapToLong(ExportDocument::bytes).sum())
                        .bind("now", call.now())
                        .bind("export", lease.exportId())
                        .bind("fence", lease.fence())
                        .mapTo(Recorded.class)
                        .findOne();
        if (recorded.isPresent()) {
            var batch = call.sql().prepareBatch(INSERT_FILE);
            for (var document : all) {
                batch.bind("file", new ExportFileId(Uuid7.next()))
                        .bind("export", lease.exportId())
                        .bind("path", document.path())
                        .bind("kind", document.kind().name())
                        .bind("type", document.contentType())
                        .bindByType("table", null, Integer.class)
                        .bind("rows", 0)
                        .bind("bytes", document.bytes())
                        .bind("sha256", document.sha256())
                        .bind("fence", lease.fence())
                        .bind("now", call.now())
                        .add();
            }
            batch.execute();
        }
        return recorded;
    }

    private static final String INSERT_FILE =
            """
            insert into wms.export_file (
                file_id, export_id, path, kind, content_type, table_no, row_count, byte_count, sha256, fence, made_at)
            values (:file, :export, :path, :kind, :type, :table, :rows, :bytes, :sha256, :fence, :now)
            """;

    private static void file(
            RunExport.Lease lease, ExportDocument document, ExportPiece piece, Call call) {
        call.sql()
                .createUpdate(INSERT_FILE)
                .bind("file", new ExportFileId(Uuid7.next()))
                .bind("export", lease.exportId())
                .bind("path", document.path())
                .bind("kind", document.kind().name())
                .bind("type", document.contentType())
                .bind("table", piece.tableNo())
                .bind("rows", piece.rows())
                .bind("bytes", document.bytes())
                .bind("sha256", document.sha256())
                .bind("fence", lease.fence())
                .bind("now", call.now())
                .execute();
    }
}
