package com.fluxvantage.local.own;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A file of comma-separated values (RFC 4180) in UTF-8, with or without a byte-order mark, with any
 * ends of lines, its first row naming the columns. It is read once from start to end and never held
 * in memory.
 */
final class CsvFile {
    static final int MOST_ROWS = 1_000_000;

    /** Characters of one value; beyond them a closing quote is missing. */
    private static final int LONGEST_VALUE = 4 * 1024 * 1024;

    private static final int MARK_BYTES = 3;

    private final Path path;
    private final List<String> columns;
    private final LeftOut leftOut;

    /** What is made of a row. */
    interface Reader {
        void read(Values row) throws RowFault;
    }

    CsvFile(Path path, List<String> columns, LeftOut leftOut) {
        this.path = path;
        this.columns = List.copyOf(columns);
        this.leftOut = leftOut;
    }

    /** Shows every row and answers the digest (SHA-256) of the file. */
    byte[] read(Reader each) {
        if (Files.isDirectory(path)) {
            throw new UnusableFile("%s is a folder, not a file.".formatted(path));
        }
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw new UnusableFile("%s is not an ordinary file.".formatted(path));
        }
        var digest = sha256();
        try (var bytes =
                new BufferedInputStream(
                        new DigestInputStream(Files.newInputStream(path), digest))) {
            skipMark(bytes);
            rows(bytes, each);
        } catch (NoSuchFileException _) {
            throw new UnusableFile("There is no file %s.".formatted(path));
        } catch (AccessDeniedException _) {
            throw new UnusableFile("There is no permission to read %s.".formatted(path));
        } catch (IOException _) {
            throw new UnusableFile("%s cannot be read.".formatted(path));
        }
        return digest.digest();
    }

    private void skipMark(InputStream bytes) throws IOException {
        bytes.mark(MARK_BYTES);
        byte[] first = bytes.readNBytes(MARK_BYTES);
        boolean isUtf16 =
                first.length > 1
                        && ((first[0] == (byte) 0xFE && first[1] == (byte) 0xFF)
                                || (first[0] == (byte) 0xFF && first[1] == (byte) 0xFE));
        if (isUtf16) {
            throw new UnusableFile("%s is text in UTF-16; save it in UTF-8.".formatted(path));
        }
        boolean isMarked =
                first.length == MARK_BYTES
                        && first[0] == (byte) 0xEF
                        && first[1] == (byte) 0xBB
                        && first[2] == (byte) 0xBF;
        if (!isMarked) {
            bytes.reset();
        }
    }

    private void rows(InputStream bytes, Reader each) throws IOException {
        var handler = new RowHandler();
        try (var rows =
                CsvReader.builder()
                        .allowUnclosedQuote(false)
                        .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                        .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                        .maxBufferSize(LONGEST_VALUE)
                        .build(handler, new Utf8Reader(bytes))
                        .iterator()) {
            if (!rows.hasNext()) {
                throw new UnusableFile("%s is empty; %s".formatted(path, firstLine()));
            }
            var first = rows.next();
            var header = header(first);
            long count = 0;
            while (rows.hasNext()) {
                var row = rows.next();
                if (++count > MOST_ROWS) {
                    throw new UnusableFile(
                            "%s has more than %d rows, more than a day plays."
                                    .formatted(path, MOST_ROWS));
                }
                read(row, first, header, each);
            }
        } catch (CsvParseException _) {
            // Its message quotes the file.
            throw new UnusableFile(
                    ("%s: a quote is out of place in the row on line %d, so nobody can tell where"
                                    + " the row ends. A value in quotes ends with a quote before the comma,"
                                    + " and a quote within it stands twice.")
                            .formatted(path, handler.line()));
        } catch (UncheckedIOException e) {
            if (e.getCause() instanceof CharacterCodingException) {
                throw new UnusableFile(
                        "%s is not text in UTF-8 (see the row on line %d); save it in UTF-8."
                                .formatted(path, handler.line()));
            }
            throw e.getCause();
        }
    }

    private Map<String, Integer> header(Row first) {
        var names = first.names();
        var header = new HashMap<String, Integer>();
        for (var column : columns) {
            if (!names.contains(column)) {
                throw new UnusableFile(
                        "%s has no column %s; %s".formatted(path, column, firstLine()));
            }
            if (names.indexOf(column) != names.lastIndexOf(column)) {
                throw new UnusableFile("%s has two columns %s.".formatted(path, column));
            }
            header.put(column, names.indexOf(column));
        }
        return header;
    }

    private String firstLine() {
        return "its first line has to name the columns %s, with commas between and in any order."
                .formatted(String.join(", ", columns));
    }

    private void read(Row row, Row first, Map<String, Integer> header, Reader each) {
        if (row.isBlank()) {
            return;
        }
        try {
            if (row.width() < first.width()) {
                throw new RowFault("The row has fewer values than the first row has columns.");
            }
            if (row.width() > first.width()) {
                throw new RowFault("The row has more values than the first row has columns.");
            }
            if (row.names().equals(first.names())) {
                throw new RowFault("The names of the columns stand here again.");
            }
            each.read(values(row, header));
        } catch (RowFault fault) {
            leftOut.add(path, row.line(), fault);
        }
    }

    private static Values values(Row row, Map<String, Integer> header) {
        var values = new HashMap<String, String>();
        header.forEach((column, place) -> values.put(column, row.values().get(place)));
        return new Values(values);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
