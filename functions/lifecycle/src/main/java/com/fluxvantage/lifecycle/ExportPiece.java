package com.fluxvantage.lifecycle;

import com.fluxvantage.kernel.operation.Call;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/**
 * The next rows of a table, compressed. Rows and bytes have a limit, so what is in memory has one,
 * however large the table is and however wide its rows are.
 *
 * @param takenTo the key of its last row; none where the rows that were planned are gone
 * @param isLast whether the table is at its end
 */
record ExportPiece(
        int tableNo,
        Optional<ExportDocument> document,
        long rows,
        Optional<List<String>> takenTo,
        boolean isLast,
        Instant readAt) {
    static final int MOST_ROWS = 20_000;

    /** Before it is packed. */
    static final int MOST_BYTES = 8 * 1024 * 1024;

    private record Table(int tableNo, String name, int pieceCount, Instant readAt) {}

    private record Line(String line, List<String> key) {}

    static ExportPiece next(ExportId export, Call call) {
        var table = table(export, call);
        var packed = new ByteArrayOutputStream();
        long rows = 0;
        long bytes = 0;
        var last = Optional.<List<String>>empty();
        try (var lines = lines(export, table, call);
                var packing = new GZIPOutputStream(packed)) {
            for (var it = lines.iterator(); it.hasNext(); ) {
                var next = it.next();
                byte[] line = next.line.getBytes(StandardCharsets.UTF_8);
                packing.write(line);
                packing.write('\n');
                rows++;
                bytes += line.length + 1;
                last = Optional.of(next.key);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("memory can be written", e);
        }
        return new ExportPiece(
                table.tableNo,
                rows == 0
                        ? Optional.empty()
                        : Optional.of(
                                ExportDocument.of(
                                        ExportDocument.Kind.ROWS,
                                        "tables/%s/%06d.ndjson.gz"
                                                .formatted(table.name, table.pieceCount + 1),
                                        "application/gzip",
                                        packed.toByteArray())),
                rows,
                last,
                // The tenant's own row has no key within the tenant: it is all there is.
                rows < MOST_ROWS && bytes < MOST_BYTES,
                table.readAt);
    }

    private static Table table(ExportId export, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select table_no, name, piece_count, clock_timestamp() as read_at
                          from wms.export_table
                         where export_id = :export
                           and not is_done
                         order by table_no
                         limit 1
                        """)
                .bind("export", export)
                .mapTo(Table.class)
                .one();
    }

    // All at once: a portal that is read bit by bit would pin a proxied session.
    private static Stream<Line> lines(ExportId export, Table table, Call call) {
        return call
                .sql()
                .createQuery(
                        """
                        select line, key
                          from wms.export_rows(:export, :table, :rows, :bytes)
                        """)
                .bind("export", export)
                .bind("table", table.tableNo)
                .bind("rows", MOST_ROWS)
                .bind("bytes", (long) MOST_BYTES)
                .mapTo(Line.class)
                .stream();
    }
}
