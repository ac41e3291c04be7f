package com.fluxvantage.migrations;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A function's definition with one check less, once for each check in it: each condition of an
 * {@code if} and of a {@code where}, each of their parts, and each statement that only acts. What
 * is found by reading the text needs no list, so a check that is added is covered by being there.
 */
final class SourceMutants {
    /** What was changed, and the definition to run in place of the true one. */
    record Mutant(String change, String definition) {}

    private static final Pattern CONDITION =
            Pattern.compile(
                    "\\bif\\s+(?<if>.*?)\\s+then\\b|\\bwhere\\s+(?<where>.*)", Pattern.DOTALL);
    private static final Pattern END_OF_WHERE =
            Pattern.compile("\\b(order by|limit|returning|loop|on conflict|for update)\\b|;");
    private static final Pattern ACTION =
            Pattern.compile(
                    "(?m)^\\s*(?<action>(perform|lock|execute|insert|update|delete)\\b[^;]*;)");

    private final String definition;
    private final String scanned;
    private final List<Mutant> mutants = new ArrayList<>();

    private SourceMutants(String definition) {
        this.definition = definition;
        this.scanned = withoutWords(definition);
    }

    static List<Mutant> of(String definition) {
        var source = new SourceMutants(definition);
        source.conditions();
        source.actions();
        return source.mutants;
    }

    private void conditions() {
        var body = Math.max(scanned.indexOf("\nbegin"), 0);
        var found = CONDITION.matcher(scanned);
        for (int from = body; found.find(from); ) {
            if (found.start("if") >= 0) {
                weaken(found.start("if"), found.end("if"), "false");
                from = found.start("if");
            } else {
                int start = found.start("where");
                weaken(start, endOfWhere(start), "true");
                from = start;
            }
        }
    }

    private void actions() {
        var found = ACTION.matcher(scanned);
        while (found.find()) {
            replace(found.start("action"), found.end("action"), "null;");
        }
    }

    /** The whole condition, then each part of it, and the parts of a part in brackets. */
    private void weaken(int start, int end, String whole) {
        replace(start, end, whole);
        parts(start, end);
    }

    private void parts(int start, int end) {
        for (var operator : List.of("or", "and")) {
            var cuts = cuts(start, end, operator);
            if (cuts.size() > 1) {
                for (var cut : cuts) {
                    replace(cut[0], cut[1], operator.equals("or") ? "false" : "true");
                    parts(cut[0], cut[1]);
                }
                return;
            }
        }
        if (scanned.charAt(start) == '(' && scanned.charAt(end - 1) == ')') {
            parts(start + 1, end - 1);
        }
    }

    private List<int[]> cuts(int start, int end, String operator) {
        var cuts = new ArrayList<int[]>();
        int from = start;
        boolean isBetween = false;
        int depth = 0;
        for (int at = start; at < end; at++) {
            char character = scanned.charAt(at);
            depth += character == '(' ? 1 : character == ')' ? -1 : 0;
            if (depth != 0 || !isWordAt(at)) {
                continue;
            }
            if (scanned.startsWith("between", at)) {
                isBetween = true;
            } else if (isBetween && scanned.startsWith("and ", at)) {
                isBetween = false;
            } else if (scanned.startsWith(operator, at)
                    && !Character.isLetterOrDigit(scanned.charAt(at + operator.length()))) {
                cuts.add(trimmed(from, at));
                from = at + operator.length();
            }
        }
        cuts.add(trimmed(from, end));
        return cuts;
    }

    private boolean isWordAt(int at) {
        return at > 0 && Character.isWhitespace(scanned.charAt(at - 1));
    }

    private int endOfWhere(int start) {
        var end = END_OF_WHERE.matcher(scanned);
        int depth = 0;
        for (int at = start; at < scanned.length(); at++) {
            char character = scanned.charAt(at);
            depth += character == '(' ? 1 : character == ')' ? -1 : 0;
            if (depth < 0 || (depth == 0 && end.region(at, scanned.length()).lookingAt())) {
                return trimmed(start, at)[1];
            }
        }
        throw new AssertionError("a where without an end in " + definition);
    }

    private int[] trimmed(int start, int end) {
        int from = start;
        int to = end;
        while (Character.isWhitespace(scanned.charAt(from))) {
            from++;
        }
        while (Character.isWhitespace(scanned.charAt(to - 1))) {
            to--;
        }
        return new int[] {from, to};
    }

    private void replace(int start, int end, String by) {
        var name = definition.replaceAll("(?s)^CREATE OR REPLACE \\w+ ([\\w.]+).*", "$1");
        var change =
                name
                        + ": "
                        + definition.substring(start, end).replaceAll("\\s+", " ")
                        + " -> "
                        + by;
        if (mutants.stream().noneMatch(mutant -> mutant.change.equals(change))) {
            mutants.add(
                    new Mutant(
                            change,
                            definition.substring(0, start) + by + definition.substring(end)));
        }
    }

    /** Comments and texts blanked, so that no word in them counts. */
    private static String withoutWords(String definition) {
        return Pattern.compile("--[^\n]*|'[^']*'")
                .matcher(definition)
                .replaceAll(match -> Matcher.quoteReplacement("~".repeat(match.group().length())));
    }
}
