package com.fluxvantage.kernel.text;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes the one form of a JSON value of which a digest is taken (RFC 8785): no blanks, names in
 * the order of their UTF-16 units, nothing escaped but what has to be. Numbers are whole, and no
 * larger than every reader keeps exactly.
 *
 * <p>Values are maps, lists, texts, whole numbers, truth values, instants (as text) and {@link
 * #NOTHING}.
 */
public final class CanonicalJson {
    /** The JSON value {@code null}. */
    public static final Object NOTHING = new Object();

    /** 2^53 - 1: a reader that keeps numbers as doubles has no larger one that is exact. */
    private static final long LARGEST = 9_007_199_254_740_991L;

    private CanonicalJson() {}

    /** In UTF-8. */
    public static byte[] bytes(Object value) {
        var json = new StringBuilder();
        write(value, json);
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void write(Object value, StringBuilder json) {
        switch (value) {
            case Map<?, ?> map -> object(map, json);
            case List<?> list -> array(list, json);
            case String text -> text(text, json);
            case Instant instant -> text(instant.toString(), json);
            case Boolean truth -> json.append(truth);
            case Long number -> number(number, json);
            case Integer number -> number(number, json);
            default -> {
                if (value != NOTHING) {
                    throw new IllegalArgumentException(value.getClass() + " has no canonical form");
                }
                json.append("null");
            }
        }
    }

    private static void object(Map<?, ?> map, StringBuilder json) {
        var sorted = new TreeMap<String, Object>();
        map.forEach((name, value) -> sorted.put((String) name, value));
        char before = '{';
        for (var entry : sorted.entrySet()) {
            json.append(before);
            text(entry.getKey(), json);
            json.append(':');
            write(entry.getValue(), json);
            before = ',';
        }
        json.append(sorted.isEmpty() ? "{}" : "}");
    }

    private static void array(List<?> list, StringBuilder json) {
        char before = '[';
        for (Object value : list) {
            json.append(before);
            write(value, json);
            before = ',';
        }
        json.append(list.isEmpty() ? "[]" : "]");
    }

    private static void number(long number, StringBuilder json) {
        if (Math.abs(number) > LARGEST) {
            throw new IllegalArgumentException("this number is not exact everywhere");
        }
        json.append(number);
    }

    private static void text(String text, StringBuilder json) {
        json.append('"');
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            switch (c) {
                case '"' -> json.append("\\\"");
                case '\\' -> json.append("\\\\");
                case '\b' -> json.append("\\b");
                case '\t' -> json.append("\\t");
                case '\n' -> json.append("\\n");
                case '\f' -> json.append("\\f");
                case '\r' -> json.append("\\r");
                default -> {
                    if (c < ' ') {
                        json.append("\\u%04x".formatted((int) c));
                    } else {
                        json.append(c);
                    }
                }
            }
        }
        json.append('"');
    }
}
