package com.fluxvantage.audit;

import com.fluxvantage.kernel.text.Limit;
import com.fluxvantage.kernel.text.TextValue;
import com.fluxvantage.kernel.text.Texts;

/** What was done: the name of an operation. */
@Limit(
        longest = 100,
        pattern = "[a-z][a-z0-9]*(-[a-z0-9]+)*",
        says = "An action is an operation's name, as receive-line.")
record ActionName(String value) implements TextValue {
    ActionName {
        Texts.check(value, ActionName.class);
    }

    @Override
    public String toString() {
        return value;
    }
}
