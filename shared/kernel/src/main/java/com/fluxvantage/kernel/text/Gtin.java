package com.fluxvantage.kernel.text;

import com.fluxvantage.kernel.operation.InvalidValue;

/**
 * A Global Trade Item Number with its check digit (GS1 General Specifications, section 7.9).
 * Numbers of 8, 12 and 13 digits are filled to 14 with zeros, so that one barcode is one item
 * however it is read.
 */
@Limit(longest = 14, pattern = "[0-9]{8}|[0-9]{12,14}", says = "A GTIN has 8, 12, 13 or 14 digits.")
public record Gtin(String value) implements TextValue {
    private static final int LONGEST = 14;

    public Gtin {
        Texts.check(value, Gtin.class);
        if (sum(value) % 10 != 0) {
            throw new InvalidValue(
                    "check-digit", "The last digit of this GTIN does not fit the others.");
        }
        value = "0".repeat(LONGEST - value.length()) + value;
    }

    /** Every second digit counts three times, from the right, the check digit once. */
    private static int sum(String digits) {
        int sum = 0;
        for (int at = 0; at < digits.length(); at++) {
            int weight = (digits.length() - at) % 2 == 0 ? 3 : 1;
            sum += weight * (digits.charAt(at) - '0');
        }
        return sum;
    }

    @Override
    public String toString() {
        return value;
    }
}
