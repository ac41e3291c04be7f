package com.fluxvantage.testing;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Every statement that the server was sent, with the login and the program that sent it, as the
 * server itself has written it down.
 */
final class StatementLog {
    static final String FILE = "statements";

    /** What a test's own connections call themselves; the product's say fv- and an operation. */
    static final String A_TEST = "test";

    /**
     * @param name of the prepared statement or portal; empty where it has none
     */
    record Sent(String login, String program, String name, String sql) {}

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Pattern SENT =
            Pattern.compile(
                    "(?:statement|execute (?:fetch from )?(?<name>[^:]*)): (?<sql>.*)",
                    Pattern.DOTALL);
    static final Duration LONGEST_DELAY = Duration.ofSeconds(20);

    private final List<Sent> sent;

    private StatementLog(List<Sent> sent) {
        this.sent = sent;
    }

    /** Up to this moment: a mark is sent and waited for, since the server writes a little later. */
    static StatementLog of(Connection superuser) throws SQLException {
        var mark = "select 'mark " + UUID.randomUUID() + "'";
        try (var statement = superuser.createStatement();
                var folder = statement.executeQuery("show data_directory")) {
            folder.next();
            var file = Path.of(folder.getString(1), "log", FILE + ".json");
            statement.execute(mark);
            long end = System.nanoTime() + LONGEST_DELAY.toNanos();
            while (!Files.readString(file).contains(mark)) {
                if (System.nanoTime() > end) {
                    throw new AssertionError("the server writes its statements to " + file);
                }
                Thread.onSpinWait();
            }
            try (var lines = Files.lines(file)) {
                return new StatementLog(
                        lines.map(StatementLog::read).flatMap(Optional::stream).toList());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<Sent> sent() {
        return sent;
    }

    /** A line of the log, if it is of a statement. */
    static Optional<Sent> read(String line) {
        var entry = JSON.readTree(line);
        var message = SENT.matcher(entry.path("message").asString(""));
        if (!message.matches()) {
            return Optional.empty();
        }
        var name = message.group("name");
        return Optional.of(
                new Sent(
                        entry.path("user").asString(""),
                        entry.path("application_name").asString(""),
                        name == null || name.equals("<unnamed>") ? "" : name,
                        message.group("sql")));
    }
}
