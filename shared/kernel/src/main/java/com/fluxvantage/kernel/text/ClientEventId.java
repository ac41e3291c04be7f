package com.fluxvantage.kernel.text;

import java.util.UUID;

/** The id that a device gave to one scan, so that a scan sent twice is counted once. */
@Limit(
        longest = 36,
        pattern = "[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}",
        says = "The id of a scan is a UUID.")
public record ClientEventId(String value) implements TextValue {
    public ClientEventId {
        Texts.check(value, ClientEventId.class);
    }

    public UUID uuid() {
        return UUID.fromString(value);
    }
}
