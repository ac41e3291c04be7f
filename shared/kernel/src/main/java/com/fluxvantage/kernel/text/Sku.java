package com.fluxvantage.kernel.text;

/** A stock keeping unit: the tenant's own name for an item, unique within the tenant. */
@Limit(longest = 64)
public record Sku(String value) implements TextValue {
    public Sku {
        Texts.check(value, Sku.class);
    }

    @Override
    public String toString() {
        return value;
    }
}
