package com.fluxvantage.outbound;

import com.fluxvantage.kernel.text.Limit;
import com.fluxvantage.kernel.text.TextValue;
import com.fluxvantage.kernel.text.Texts;

/** Who carries the cartons away, in the tenant's own word. */
@Limit(longest = 64)
record Carrier(String value) implements TextValue {
    Carrier {
        Texts.check(value, Carrier.class);
    }
}
