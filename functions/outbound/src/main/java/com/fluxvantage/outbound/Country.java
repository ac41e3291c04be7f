package com.fluxvantage.outbound;

import com.fluxvantage.kernel.text.Limit;
import com.fluxvantage.kernel.text.TextValue;
import com.fluxvantage.kernel.text.Texts;

/** A country by its two letters (ISO 3166-1 alpha-2). Part of an address, so it does not print. */
@Limit(
        longest = 2,
        pattern = "[A-Z]{2}",
        says = "A country is two capital letters, as in ISO 3166-1.")
record Country(String value) implements TextValue {
    Country {
        Texts.check(value, Country.class);
    }

    @Override
    public String toString() {
        return "***";
    }
}
