package com.fluxvantage.kernel.text;

/** What people call a thing. Never a person: that is personal data. */
@Limit(longest = 120)
public record Name(String value) implements TextValue {
    public Name {
        Texts.check(value, Name.class);
    }

    @Override
    public String toString() {
        return value;
    }
}
