package com.fluxvantage.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

/**
 * A file in which the server writes down what it does, about all of its databases. It grows to
 * hundreds of megabytes in a run, so it is read from a place on.
 */
final class ServerLog {
    static final String NAME = "statements";

    private static final Duration LONGEST_DELAY = Duration.ofSeconds(20);
    private static final long PAUSE_NANOS = 500_000;

    private final Connection superuser;
    private final Path file;

    /**
     * @param ending {@code .log} for persons, {@code .json} for programs
     */
    ServerLog(Connection superuser, String ending) throws SQLException {
        this.superuser = superuser;
        try (var statement = superuser.createStatement();
                var folder = statement.executeQuery("show data_directory")) {
            folder.next();
            this.file = Path.of(folder.getString(1), "log", NAME + ending);
        }
    }

    /** Bytes written until now. */
    long length() throws SQLException {
        return file.toFile().length() + from(file.toFile().length()).length;
    }

    /** From that byte on until now: the server writes a little later, so a mark is waited for. */
    byte[] from(long start) throws SQLException {
        var mark = "mark " + UUID.randomUUID();
        try (var statement = superuser.createStatement()) {
            statement.execute("select '" + mark + "'");
        }
        var read = new ByteArrayOutputStream();
        long end = System.nanoTime() + LONGEST_DELAY.toNanos();
        try (var channel = FileChannel.open(file).position(start)) {
            var in = Channels.newInputStream(channel);
            var seen = "";
            while (!seen.contains(mark)) {
                if (System.nanoTime() > end) {
                    throw new AssertionError("the server writes to " + file);
                }
                var grown = in.readAllBytes();
                read.writeBytes(grown);
                // The mark may come in two parts.
                seen =
                        seen.substring(Math.max(0, seen.length() - mark.length()))
                                + new String(grown, StandardCharsets.UTF_8);
                LockSupport.parkNanos(grown.length == 0 ? PAUSE_NANOS : 0);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return read.toByteArray();
    }
}
