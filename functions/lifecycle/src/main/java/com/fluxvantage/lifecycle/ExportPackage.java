package com.fluxvantage.lifecycle;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.text.CanonicalJson;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What makes files an export: a schema for each table, a page for people, and the manifest, which
 * names every file with its digest and is signed. Made from what is recorded and from nothing else,
 * so that it comes out the same when it is made twice.
 *
 * @param documents all that is put, the manifest last
 */
record ExportPackage(
        ExportConsistency consistency, List<ExportDocument> documents, ExportDocument manifest) {
    static final String MANIFEST_PATH = "manifest.json";

    /** Raised when the manifest changes so that an older verifier would misread it. */
    private static final int FORMAT_VERSION = 1;

    ExportPackage {
        documents = List.copyOf(documents);
    }

    private record Header(
            String tenant,
            Instant asOf,
            boolean frozen,
            String mapVersion,
            String schemaVersion,
            Optional<String> previousExport,
            Optional<String> previousManifest) {}

    /** A table of the plan. */
    record Table(
            int tableNo,
            String name,
            long rows,
            Optional<Instant> readFrom,
            Optional<Instant> readUntil) {}

    private record Rows(String path, String contentType, long rows, long bytes, String sha256) {}

    static ExportPackage of(ExportId export, Call call) {
        var header = header(export, call);
        var tables = tables(export, call);
        var columns = ExportSchema.columns(export, call);
        var rows = rows(export, call);
        var documents = new ArrayList<ExportDocument>();
        for (var table : tables) {
            documents.add(
                    ExportSchema.document(
                            table.name,
                            header.mapVersion,
                            columns.getOrDefault(table.tableNo, List.of())));
        }
        documents.add(ExportIndex.document(header.asOf, tables));
        var files = new ArrayList<Object>();
        rows.forEach(it ->
                files.add(entry(ExportDocument.Kind.ROWS, it.path, it.rows, it.bytes, it.sha256)));
        long bytes = rows.stream().mapToLong(Rows::bytes).sum();
        for (var document : documents) {
            bytes += document.bytes();
            files.add(
                    entry(
                            document.kind(),
                            document.path(),
                            0,
                            document.bytes(),
                            java.util.HexFormat.of().formatHex(document.sha256())));
        }
        var manifest = new LinkedHashMap<String, Object>();
        manifest.put("format", "fluxvantage-export");
        manifest.put("format_version", FORMAT_VERSION);
        manifest.put("tenant", header.tenant);
        manifest.put("export_id", export.uuid().toString());
        manifest.put("as_of", header.asOf);
        manifest.put("consistency", consistency(header).name().toLowerCase(java.util.Locale.ROOT));
        manifest.put("data_map", header.mapVersion);
        manifest.put("schema_version", header.schemaVersion);
        manifest.put("previous", previous(header));
        manifest.put("tables", tables.stream().map(it -> entry(it, rows)).toList());
        manifest.put("files", files);
        manifest.put(
                "totals",
                Map.of(
                        "tables", tables.size(),
                        "files", files.size(),
                        "rows", rows.stream().mapToLong(Rows::rows).sum(),
                        "bytes", bytes));
        var signed =
                ExportDocument.of(
                        ExportDocument.Kind.MANIFEST,
                        MANIFEST_PATH,
                        "application/json",
                        CanonicalJson.bytes(manifest));
        documents.add(signed);
        return new ExportPackage(consistency(header), documents, signed);
    }

    private static ExportConsistency consistency(Header header) {
        return ExportConsistency.of(header.frozen);
    }

    private static Object previous(Header header) {
        return header.previousExport
                .<Object>map(it ->
                        Map.of(
                                "export_id",
                                it,
                                "manifest_sha256",
                                header.previousManifest.orElseThrow()))
                .orElse(CanonicalJson.NOTHING);
    }

    private static Object entry(
            ExportDocument.Kind kind, String path, long rows, long bytes, String sha256) {
        return Map.of(
                "kind", kind.name().toLowerCase(java.util.Locale.ROOT),
                "path", path,
                "rows", rows,
                "bytes", bytes,
                "sha256", sha256);
    }

    private static Object entry(Table table, List<Rows> rows) {
        String folder = "tables/" + table.name + "/";
        var entry = new LinkedHashMap<String, Object>();
        entry.put("name", table.name);
        entry.put("schema", ExportSchema.path(table.name));
        entry.put("rows", table.rows);
        entry.put("read_from", table.readFrom.<Object>map(it -> it).orElse(CanonicalJson.NOTHING));
        entry.put(
                "read_until", table.readUntil.<Object>map(it -> it).orElse(CanonicalJson.NOTHING));
        entry.put(
                "files",
                rows.stream().map(Rows::path).filter(it -> it.startsWith(folder)).toList());
        return entry;
    }

    // Whether nothing could be written is asked again at the end: a tenant may have been taken back
    // to work while it ran, and its generation tells.
    private static Header header(ExportId export, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select cast(fv.tenant() as text) as tenant, export.as_of,
                               export.frozen and export.tenant_generation = tenant.generation as frozen,
                               export.map_version, export.schema_version,
                               cast(previous.export_id as text) as previous_export,
                               encode(previous.manifest_sha256, 'hex') as previous_manifest
                          from wms.export
                         cross join wms.tenant
                          left join wms.export as previous on previous.export_id = export.previous_export_id
                         where export.export_id = :export
                        """)
                .bind("export", export)
                .mapTo(Header.class)
                .one();
    }

    private static List<Table> tables(ExportId export, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select table_no, name, row_count as rows, read_from, read_until
                          from wms.export_table
                         where export_id = :export
                         order by table_no
                        """)
                .bind("export", export)
                .mapTo(Table.class)
                .list();
    }

    private static List<Rows> rows(ExportId export, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select path, content_type, row_count as rows, byte_count as bytes,
                               encode(sha256, 'hex') as sha256
                          from wms.export_file
                         where export_id = :export
                         order by path
                        """)
                .bind("export", export)
                .mapTo(Rows.class)
                .list();
    }
}
