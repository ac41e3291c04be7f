package com.fluxvantage.kernel.outside;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Currency;

/**
 * An amount of money.
 *
 * @param minorUnits of the currency: cents of a dollar, yen
 * @param currency as in ISO 4217, three letters
 */
public record Price(long minorUnits, String currency) {
    public Price {
        if (minorUnits < 0) {
            throw new IllegalArgumentException("nobody is paid for sending a parcel");
        }
        Currency.getInstance(currency);
    }

    /**
     * Of an amount in decimal digits; a part of a minor unit is charged as a whole one.
     *
     * @throws ArithmeticException for more money than there is
     * @throws IllegalArgumentException for what is no amount or no currency
     */
    public static Price of(String amount, String currency) {
        int digits = Currency.getInstance(currency).getDefaultFractionDigits();
        return new Price(
                new BigDecimal(amount)
                        .movePointRight(digits)
                        .setScale(0, RoundingMode.CEILING)
                        .longValueExact(),
                currency);
    }
}
