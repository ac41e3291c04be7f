package com.fluxvantage.local.own;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The rows that were left out: the first ones one by one, all of them counted by reason. */
public final class LeftOut {
    static final int MOST_TOLD = 20;

    private final List<String> told = new ArrayList<>();
    private final Map<String, Long> byReason = new TreeMap<>();
    private long rows;

    LeftOut() {}

    void add(Path file, long line, RowFault fault) {
        rows++;
        byReason.merge(file + ": " + fault.sentence(), 1L, Long::sum);
        if (told.size() < MOST_TOLD) {
            told.add("%s, line %d: %s".formatted(file, line, fault.sentence()));
        }
    }

    public long rows() {
        return rows;
    }

    /** The first rows, and how many more there are. */
    public List<String> told() {
        var lines = new ArrayList<String>();
        told.forEach(it -> lines.add("Left out: " + it));
        if (rows > told.size()) {
            lines.add("More rows left out: %d".formatted(rows - told.size()));
        }
        return lines;
    }

    /** How many rows for which reason, file by file. */
    public List<String> counted() {
        var lines = new ArrayList<String>();
        if (rows > 0) {
            lines.add("Rows left out: %d".formatted(rows));
            byReason.forEach((reason, count) -> lines.add("  %6d  %s".formatted(count, reason)));
        }
        return lines;
    }
}
