package com.fluxvantage.carriers;

import com.fluxvantage.kernel.text.Limit;
import com.fluxvantage.kernel.text.TextValue;
import com.fluxvantage.kernel.text.Texts;

/** The country that parcels come from. */
@Limit(
        longest = 2,
        pattern = "[A-Z]{2}",
        says = "A country is two capital letters, as in ISO 3166-1.")
public record CarrierCountry(String value) implements TextValue {
    public CarrierCountry {
        Texts.check(value, CarrierCountry.class);
    }

    @Override
    public String toString() {
        return value;
    }
}
