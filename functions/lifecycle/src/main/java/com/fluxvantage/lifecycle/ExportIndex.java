package com.fluxvantage.lifecycle;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/** The page by which a person finds the way through an export. It needs nothing but a browser. */
final class ExportIndex {
    private ExportIndex() {}

    // Names of tables and numbers: nothing in it needs escaping.
    static ExportDocument document(Instant asOf, List<ExportPackage.Table> tables) {
        var rows = new StringBuilder();
        for (var table : tables) {
            rows.append(
                    "<tr><td><a href=\"tables/%s/\">%s</a><td><a href=\"%s\">schema</a><td>%d\n"
                            .formatted(
                                    table.name(),
                                    table.name(),
                                    ExportSchema.path(table.name()),
                                    table.rows()));
        }
        String page =
                """
                <!doctype html>
                <html lang="en">
                <meta charset="utf-8">
                <title>Export</title>
                <h1>Export of %s</h1>
                <p>A table is one or more files of lines of JSON (NDJSON), packed with gzip, in the order
                of their numbers. manifest.json names every file with its SHA-256; manifest.json.sig is
                the signature of manifest.json (ECDSA, P-256, SHA-256, DER).
                <table>
                <tr><th>Table<th>Columns<th>Rows
                %s</table>
                </html>
                """
                        .formatted(asOf, rows);
        return ExportDocument.of(
                ExportDocument.Kind.INDEX,
                "index.html",
                "text/html; charset=utf-8",
                page.getBytes(StandardCharsets.UTF_8));
    }
}
