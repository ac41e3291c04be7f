package com.fluxvantage.outbound;

import com.fluxvantage.kernel.text.Limit;
import com.fluxvantage.kernel.text.TextValue;
import com.fluxvantage.kernel.text.Texts;

import java.util.UUID;

/** The id that a device gave to one scan, so that a scan sent twice is counted once. */
@Limit(
        longest = 36,
        pattern = "[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}",
        says = "The id of a scan is a UUID.")
record ClientEventId(String value) implements TextValue {
    ClientEventId {
        Texts.check(value, ClientEventId.class);
    }

    UUID uuid() {
        return UUID.fromString(value);
    }
}
