package com.fluxvantage.audit;

import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.kernel.text.Limit;
import com.fluxvantage.kernel.text.TextValue;
import com.fluxvantage.kernel.text.Texts;

import java.util.UUID;

/**
 * What an entry is about, of whatever kind: an id as answers have it, or the part behind its
 * prefix.
 */
@Limit(
        longest = 40,
        pattern = "([a-z]{2,8}_)?[0-7][0-9a-hjkmnp-tv-z]{25}",
        says = "This is an id, with its prefix or without.")
record SubjectKey(String value) implements TextValue {
    SubjectKey {
        Texts.check(value, SubjectKey.class);
    }

    static SubjectKey of(UUID uuid) {
        return new SubjectKey(Identifiers.key(uuid));
    }

    UUID uuid() {
        return Identifiers.uuid(value.substring(value.indexOf('_') + 1)).orElseThrow();
    }

    @Override
    public String toString() {
        return value;
    }
}
