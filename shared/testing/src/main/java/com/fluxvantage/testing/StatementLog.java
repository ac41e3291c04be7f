package com.fluxvantage.testing;

import tools.jackson.databind.json.JsonMapper;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Every statement that the server was sent, with the login and the program that sent it, as the
 * server itself has written it down.
 */
final class StatementLog {
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

    private final List<Sent> sent;

    private StatementLog(List<Sent> sent) {
        this.sent = sent;
    }

    /** Up to this moment. */
    static StatementLog of(Connection superuser) throws SQLException {
        var log = new String(new ServerLog(superuser, ".json").from(0), StandardCharsets.UTF_8);
        return new StatementLog(
                log.lines().map(StatementLog::read).flatMap(Optional::stream).toList());
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
