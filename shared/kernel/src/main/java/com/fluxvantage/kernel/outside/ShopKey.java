package com.fluxvantage.kernel.outside;

import com.fluxvantage.kernel.text.Limit;
import com.fluxvantage.kernel.text.TextValue;
import com.fluxvantage.kernel.text.Texts;

/**
 * A shop's own name for something of its own: an order, a stock location, a sales channel. It goes
 * back to the shop as it came; nothing is read into it.
 */
@Limit(
        longest = 100,
        pattern = "[!-~]+",
        says = "A shop's key has visible ASCII characters and no spaces.")
public record ShopKey(String value) implements TextValue {
    public ShopKey {
        Texts.check(value, ShopKey.class);
    }

    @Override
    public String toString() {
        return value;
    }
}
