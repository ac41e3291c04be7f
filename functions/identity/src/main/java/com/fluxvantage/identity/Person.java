package com.fluxvantage.identity;

import com.fluxvantage.kernel.privacy.PersonalData;
import com.fluxvantage.kernel.tenancy.TokenClaims.UserSubject;

/**
 * A person as an administrator introduces them.
 *
 * @param subject what the identity provider calls them; tokens carry it
 */
record Person(UserSubject subject, PersonalData email, PersonalData displayName) {
    static final Person EXAMPLE =
            new Person(
                    new UserSubject("8d0f6a52-2f0c-4b39-9d1e-3f4f3a4a9c11"),
                    new PersonalData("sam.picker@example.org"),
                    new PersonalData("Sam Picker"));
}
