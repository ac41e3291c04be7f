package com.fluxvantage.kernel.text;

/** The number of a production lot as it is printed on the goods. */
@Limit(longest = 64)
public record LotCode(String value) implements TextValue {
    public LotCode {
        Texts.check(value, LotCode.class);
    }

    @Override
    public String toString() {
        return value;
    }
}
