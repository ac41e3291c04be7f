package com.fluxvantage.kernel.operation;

import java.util.Locale;
import java.util.regex.Pattern;

/** One name everywhere: {@code ReceiveLine} in Java is {@code receive-line} outside. */
public final class Names {
    // Before a capital after a small letter or a digit, and before the last of several capitals:
    // NotADock.
    private static final Pattern WORD_START =
            Pattern.compile("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])");

    private Names() {}

    public static String kebab(String javaName) {
        return WORD_START.matcher(javaName).replaceAll("-").toLowerCase(Locale.ROOT);
    }

    public static String snake(String javaName) {
        return WORD_START.matcher(javaName).replaceAll("_").toLowerCase(Locale.ROOT);
    }
}
