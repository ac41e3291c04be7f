package com.fluxvantage.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The statements of one transaction, as the server has logged them: values stand where the
 * parameters were.
 */
record Recording(List<String> statements) {
    private static final Pattern ENTRY =
            Pattern.compile("^\\S+ \\S+ \\S+ \\[\\d+] (?<level>[A-Z]+): {2}(?<text>.*)$");
    private static final Pattern STATEMENT =
            Pattern.compile("(?:execute [^:]*|statement): (?<sql>.*)", Pattern.DOTALL);
    private static final Pattern PARAMETER =
            Pattern.compile("\\$(?<no>\\d+) = (?<value>NULL|'(?:[^']|'')*')");

    /** Of the elements' type, which the driver sends and the log does not tell. */
    private static final Map<Pattern, String> ARRAYS =
            Map.of(
                    Pattern.compile("'\\{[0-9a-f]{8}-[-0-9a-f,]+}'"), "::uuid[]",
                    Pattern.compile("'\\{-?\\d+(?:,-?\\d+)*}'"), "::bigint[]",
                    Pattern.compile("'\\{(?:NULL|[A-Z_]+)(?:,[A-Z_]+|,NULL)*}'"), "::text[]");

    private static final Pattern PLACE = Pattern.compile("\\$(?<no>\\d+)");

    /** Entered for a tenant; what the driver asks for itself is no transaction of the product. */
    private static final String ENTRANCE = "fv.enter(";

    Recording {
        statements = List.copyOf(statements);
    }

    /** All that the log tells, in the order in which they were committed. */
    static List<Recording> of(Path log) throws IOException {
        var recordings = new ArrayList<Recording>();
        var open = new ArrayList<String>();
        for (String statement : statements(entries(log))) {
            if (statement.startsWith("BEGIN")) {
                open.clear();
            }
            open.add(statement);
            if (statement.startsWith("COMMIT")) {
                if (open.stream().anyMatch(it -> it.contains(ENTRANCE))) {
                    recordings.add(new Recording(open));
                }
                open.clear();
            }
        }
        return recordings;
    }

    private record Entry(String level, String text) {}

    // A line that begins with a tab belongs to the one before it.
    private static List<Entry> entries(Path log) throws IOException {
        var entries = new ArrayList<Entry>();
        for (String line : Files.readAllLines(log)) {
            var entry = ENTRY.matcher(line);
            if (entry.matches()) {
                entries.add(new Entry(entry.group("level"), entry.group("text")));
            } else if (line.startsWith("\t") && !entries.isEmpty()) {
                var last = entries.removeLast();
                entries.add(new Entry(last.level, last.text + "\n" + line.substring(1)));
            }
        }
        return entries;
    }

    private static List<String> statements(List<Entry> entries) {
        var statements = new ArrayList<String>();
        for (int at = 0; at < entries.size(); at++) {
            var statement = STATEMENT.matcher(entries.get(at).text);
            if (!entries.get(at).level.equals("LOG") || !statement.matches()) {
                continue;
            }
            boolean hasDetail =
                    at + 1 < entries.size() && entries.get(at + 1).level.equals("DETAIL");
            statements.add(
                    filledIn(statement.group("sql"), hasDetail ? entries.get(at + 1).text : ""));
        }
        return statements;
    }

    private static String filledIn(String sql, String detail) {
        var values = new HashMap<String, String>();
        PARAMETER
                .matcher(detail)
                .results()
                .forEach(it -> values.put(it.group("no"), it.group("value")));
        return PLACE.matcher(sql)
                .replaceAll(place -> Matcher.quoteReplacement(value(place, values)));
    }

    private static String value(MatchResult place, Map<String, String> values) {
        String value = values.get(place.group("no"));
        if (value == null) {
            throw new IllegalStateException("the log names no parameter " + place.group());
        }
        return value
                + ARRAYS.entrySet().stream()
                        .filter(it -> it.getKey().matcher(value).matches())
                        .map(Map.Entry::getValue)
                        .findFirst()
                        .orElse("");
    }
}
