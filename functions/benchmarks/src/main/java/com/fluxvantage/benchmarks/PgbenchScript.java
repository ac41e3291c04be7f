package com.fluxvantage.benchmarks;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The statements of an operation for pgbench to send. What differed between two recordings of the
 * same call (identifiers, versions) differs from one transaction to the next here too; the proof
 * comes with the command line. The statements that the driver sends in one message are one message
 * here.
 */
final class PgbenchScript {
    /** Counts transactions, from a number with twelve digits on: the last field of a UUID. */
    static final String COUNTER = "n";

    static final long FIRST = 100_000_000_000L;
    static final String PROOF = "proof";

    private static final Pattern UUID =
            Pattern.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final Pattern ENTERED = Pattern.compile("(?<=fv\\.enter\\(')[^']+");
    private static final Pattern VARYING =
            Pattern.compile(
                    UUID.pattern() + "|\\d{4}-\\d\\d-\\d\\d[T ][\\d:.]+|(?<![\\w-])\\d+(?![\\w-])");

    private PgbenchScript() {}

    /**
     * One transaction.
     *
     * @param one and {@code other} the same call, recorded twice
     */
    static String of(Recording one, Recording other) {
        if (one.statements().size() != other.statements().size()) {
            throw new IllegalArgumentException("the two recordings are not of the same call");
        }
        var known = new HashMap<String, String>();
        var statements = new ArrayList<String>();
        for (int at = 0; at < one.statements().size(); at++) {
            statements.add(statement(one.statements().get(at), other.statements().get(at), known));
        }
        return "\\set %s :%s + 1%n".formatted(COUNTER, COUNTER) + messages(statements);
    }

    // BEGIN, the entrance and the first statement travel together; each other one alone.
    private static String messages(List<String> statements) {
        var script = new StringBuilder();
        for (int at = 0; at < statements.size(); at++) {
            boolean isFollowed = at < 2 && at + 1 < statements.size();
            script.append(statements.get(at).strip()).append(isFollowed ? " \\;\n" : ";\n");
        }
        return script.toString();
    }

    private static String statement(String one, String other, Map<String, String> known) {
        String mine = ENTERED.matcher(one).replaceAll(":" + PROOF);
        String theirs = ENTERED.matcher(other).replaceAll(":" + PROOF);
        var mineVarying = VARYING.matcher(mine).results().map(MatchResult::group).toList();
        var theirsVarying = VARYING.matcher(theirs).results().map(MatchResult::group).toList();
        if (mineVarying.size() != theirsVarying.size()) {
            throw new IllegalArgumentException("the two recordings are not of the same call");
        }
        var at = new int[1];
        return VARYING.matcher(mine)
                .replaceAll(token -> {
                    String its = theirsVarying.get(at[0]++);
                    return token.group().equals(its) ? token.group() : anew(token.group(), known);
                });
    }

    private static String anew(String token, Map<String, String> known) {
        if (UUID.matcher(token).matches()) {
            return known.computeIfAbsent(
                    token, _ -> "%08x-0000-7000-8000-:%s".formatted(known.size() + 1, COUNTER));
        }
        // A moment may be the same twice; a version may not. Behind a colon of JSON another one
        // would be taken for a cast.
        return token.contains(":") ? token : " :" + COUNTER;
    }
}
