package com.fluxvantage.kernel.privacy;

import com.fluxvantage.kernel.text.Limit;
import com.fluxvantage.kernel.text.Texts;

/**
 * A text about a person: a name, a street, an e-mail address. It prints as {@code ***}, and only
 * two things open it: binding it to a statement, and answering an operation whose reads are
 * audited.
 */
@Limit(longest = 200)
public record PersonalData(String sealed) {
    public PersonalData {
        Texts.check(sealed, PersonalData.class);
    }

    @Override
    public String toString() {
        return "***";
    }
}
