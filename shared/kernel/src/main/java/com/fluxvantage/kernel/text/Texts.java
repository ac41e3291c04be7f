package com.fluxvantage.kernel.text;

import com.fluxvantage.kernel.operation.InvalidValue;

import java.util.regex.Pattern;

/** Checks a text against the {@link Limit} of its type. */
public final class Texts {
    private record Rule(Limit limit, Pattern pattern) {}

    private static final ClassValue<Rule> RULES =
            new ClassValue<>() {
                @Override
                protected Rule computeValue(Class<?> type) {
                    Limit limit = type.getAnnotation(Limit.class);
                    if (limit == null) {
                        throw new IllegalStateException(type + " has no @Limit");
                    }
                    return new Rule(limit, Pattern.compile(limit.pattern()));
                }
            };

    // Joins the parts of one visible sign in several scripts.
    private static final int ZERO_WIDTH_JOINER = 0x200D;

    private Texts() {}

    /**
     * Called by every text's compact constructor. Spaces around the text are a mistake, not
     * content.
     */
    public static void check(String value, Class<?> type) {
        Rule rule = RULES.get(type);
        if (value.isBlank()) {
            throw new InvalidValue("blank", "This text is empty.");
        }
        if (value.codePointCount(0, value.length()) > rule.limit.longest()) {
            throw new InvalidValue(
                    "too-long", "This text has more than " + rule.limit.longest() + " characters.");
        }
        if (!value.equals(value.strip())) {
            throw new InvalidValue("space-around", "This text starts or ends with a space.");
        }
        if (value.codePoints().anyMatch(Texts::unprintable)) {
            throw new InvalidValue(
                    "unprintable", "This text has a character that cannot be printed.");
        }
        if (!rule.limit.pattern().isEmpty() && !rule.pattern.matcher(value).matches()) {
            throw new InvalidValue("malformed", rule.limit.says());
        }
    }

    // PostgreSQL refuses NUL; unpaired surrogates are not text; direction overrides forge what a
    // screen shows; line separators break a label and a log line.
    private static boolean unprintable(int point) {
        return Character.isISOControl(point)
                || Character.getType(point) == Character.SURROGATE
                || Character.getType(point) == Character.LINE_SEPARATOR
                || Character.getType(point) == Character.PARAGRAPH_SEPARATOR
                || (Character.getType(point) == Character.FORMAT && point != ZERO_WIDTH_JOINER)
                || Character.getType(point) == Character.UNASSIGNED;
    }
}
