package com.fluxvantage.kernel.tenancy;

import com.fluxvantage.kernel.text.Limit;
import com.fluxvantage.kernel.text.TextValue;
import com.fluxvantage.kernel.text.Texts;

/**
 * What a verified token says: which tenant the person chose at sign-in, and who the identity
 * provider says they are.
 */
public record TokenClaims(TenantId tenant, UserSubject subject) {
    /** The identity provider's own name for a person: opaque to us, and never shown. */
    @Limit(longest = 255)
    public record UserSubject(String value) implements TextValue {
        public UserSubject {
            Texts.check(value, UserSubject.class);
        }

        @Override
        public String toString() {
            return "***";
        }
    }
}
