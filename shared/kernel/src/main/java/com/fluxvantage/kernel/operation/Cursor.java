package com.fluxvantage.kernel.operation;

import com.fluxvantage.kernel.text.Limit;
import com.fluxvantage.kernel.text.TextValue;
import com.fluxvantage.kernel.text.Texts;

/**
 * Where a page ended. Sealed for the tenant, the operation and the filters: it opens nowhere else.
 */
@Limit(longest = 1000, pattern = "[A-Za-z0-9_-]+", says = "This is not a cursor of ours.")
public record Cursor(String value) implements TextValue {
    public Cursor {
        Texts.check(value, Cursor.class);
    }
}
