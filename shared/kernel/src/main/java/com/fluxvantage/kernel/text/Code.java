package com.fluxvantage.kernel.text;

/** The label of a place or a container as a scanner reads it, unique in its surroundings. */
@Limit(longest = 64)
public record Code(String value) implements TextValue {
    public Code {
        Texts.check(value, Code.class);
    }

    @Override
    public String toString() {
        return value;
    }
}
