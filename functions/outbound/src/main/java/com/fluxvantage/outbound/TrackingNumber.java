package com.fluxvantage.outbound;

import com.fluxvantage.kernel.text.Limit;
import com.fluxvantage.kernel.text.TextValue;
import com.fluxvantage.kernel.text.Texts;

/**
 * The carrier's number of a shipment. Without spaces, or one number typed two ways would be two.
 */
@Limit(
        longest = 64,
        pattern = "[0-9A-Za-z./-]+",
        says = "A tracking number has letters, digits, dots, slashes and hyphens, and no spaces.")
record TrackingNumber(String value) implements TextValue {
    TrackingNumber {
        Texts.check(value, TrackingNumber.class);
    }
}
