package com.fluxvantage.kernel.text;

/** The number that somebody else's system gave a document: an order number, an ASN number. */
@Limit(longest = 64)
public record Reference(String value) implements TextValue {
    public Reference {
        Texts.check(value, Reference.class);
    }

    @Override
    public String toString() {
        return value;
    }
}
