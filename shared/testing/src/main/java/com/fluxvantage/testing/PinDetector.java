package com.fluxvantage.testing;

import com.fluxvantage.testing.StatementLog.Sent;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Finds what would pin a session of a multiplexing proxy to one client, or leave something in a
 * pooled session for the next. The list is that of RDS Proxy for PostgreSQL; what is inside a
 * stored function does not count, there and here.
 */
final class PinDetector {
    /** RDS Proxy pins on a text of more than 16 KB; the rest is for what it may count besides. */
    static final int LONGEST_STATEMENT_BYTES = 16_000;

    private static final Pattern WORDS =
            Pattern.compile("--[^\n]*|/\\*.*?\\*/|'[^']*'", Pattern.DOTALL);
    private static final Pattern BEGINS =
            Pattern.compile(
                    "(?i)(set|reset|prepare|execute|deallocate|discard|declare|listen|unlisten|load"
                            + "|create\\s+(or\\s+replace\\s+)?(local\\s+|global\\s+)?temp(orary)?)\\b.*",
                    Pattern.DOTALL);
    private static final Pattern HOLDS =
            Pattern.compile(
                    "(?i)\\b((set_config|nextval|setval|currval|lastval|pg_(try_)?advisory_lock(_shared)?)\\s*\\("
                            + "|into\\s+(local\\s+|global\\s+)?temp(orary)?\\b|with\\s+hold\\b)");

    private PinDetector() {}

    /** What is wrong with it, if it is of one of the product's logins and of no test's own. */
    static Optional<String> finding(Sent sent) {
        if (!sent.login().startsWith("fv_") || sent.program().equals(StatementLog.A_TEST)) {
            return Optional.empty();
        }
        return fault(sent).map(fault -> sent.login() + " " + sent.program() + ": " + fault);
    }

    private static Optional<String> fault(Sent sent) {
        if (!sent.program().startsWith("fv-")) {
            return Optional.of("a connection that does not say which operation it serves");
        }
        if (!sent.name().isEmpty()) {
            return Optional.of("a named statement or portal " + sent.name());
        }
        if (sent.sql().getBytes(StandardCharsets.UTF_8).length > LONGEST_STATEMENT_BYTES) {
            return Optional.of("a text of more than " + LONGEST_STATEMENT_BYTES + " bytes");
        }
        var sql = WORDS.matcher(sent.sql()).replaceAll(" ");
        boolean isPinning =
                HOLDS.matcher(sql).find()
                        || Arrays.stream(sql.split(";", -1))
                                .anyMatch(part -> BEGINS.matcher(part.strip()).matches());
        return isPinning ? Optional.of("pins its session: " + sql.strip()) : Optional.empty();
    }
}
