package com.fluxvantage.local.own;

import java.util.regex.Pattern;

/**
 * Reads how many units a row asks for. {@code 6.0}, as some programs write a whole number, is 6.
 */
final class Quantities {
    private static final Pattern WHOLE = Pattern.compile("([+-]?)0*([0-9]+?)(?:\\.0*)?");
    private static final int MOST_DIGITS = 18;

    private Quantities() {}

    static long read(String text, long most) throws RowFault {
        var number = WHOLE.matcher(text);
        if (!number.matches()) {
            throw new RowFault("quantity", "This is no whole number.");
        }
        var digits = number.group(2);
        if (number.group(1).equals("-") || digits.equals("0")) {
            throw new RowFault("quantity", "A line asks for at least one unit.");
        }
        if (digits.length() > MOST_DIGITS || Long.parseLong(digits) > most) {
            throw new RowFault("quantity", "A line asks for at most %d units.".formatted(most));
        }
        return Long.parseLong(digits);
    }
}
