package com.fluxvantage.locations;

import com.fluxvantage.kernel.operation.InvalidValue;
import com.fluxvantage.kernel.text.Limit;
import com.fluxvantage.kernel.text.TextValue;
import com.fluxvantage.kernel.text.Texts;

import java.time.ZoneId;

/** A time zone by its name in the IANA database. */
@Limit(longest = 64)
record TimeZoneName(String value) implements TextValue {
    TimeZoneName {
        Texts.check(value, TimeZoneName.class);
        if (!ZoneId.getAvailableZoneIds().contains(value)) {
            throw new InvalidValue("unknown-time-zone", "A time zone looks like Europe/Amsterdam.");
        }
    }
}
