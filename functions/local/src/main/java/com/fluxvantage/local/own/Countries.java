package com.fluxvantage.local.own;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** The two letters (ISO 3166-1 alpha-2) of a country that is written so, or by its English name. */
final class Countries {
    /** Free for users in ISO 3166-1: a country that has no letters of its own here. */
    static final String UNKNOWN = "ZZ";

    private static final Map<String, String> CODES = codes();

    private Countries() {}

    private static Map<String, String> codes() {
        var codes = new HashMap<String, String>();
        for (var code : Locale.getISOCountries()) {
            codes.put(code, code);
            codes.put(
                    Locale.of("", code).getDisplayCountry(Locale.ENGLISH).toUpperCase(Locale.ROOT),
                    code);
        }
        return Map.copyOf(codes);
    }

    static String code(String country) {
        return CODES.getOrDefault(country.toUpperCase(Locale.ROOT), UNKNOWN);
    }
}
