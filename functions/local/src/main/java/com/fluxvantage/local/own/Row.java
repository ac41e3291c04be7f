package com.fluxvantage.local.own;

import java.util.List;
import java.util.Locale;

/** One row as it stands in the file: the line it begins on and its values, stripped of spaces. */
record Row(long line, List<String> values, int width) {
    Row {
        values = List.copyOf(values);
    }

    /** Nothing but commas and spaces. */
    boolean isBlank() {
        return values.stream().allMatch(String::isEmpty);
    }

    /** The values as names of columns, whose case does not matter. */
    List<String> names() {
        return values.stream().map(it -> it.toLowerCase(Locale.ROOT)).toList();
    }
}
