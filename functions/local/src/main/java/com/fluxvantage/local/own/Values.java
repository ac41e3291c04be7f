package com.fluxvantage.local.own;

import com.fluxvantage.kernel.operation.InvalidValue;

import java.util.Map;
import java.util.function.Function;

/** What a row says in the columns that are asked for. */
record Values(Map<String, String> byColumn) {
    Values {
        byColumn = Map.copyOf(byColumn);
    }

    String text(String column) throws RowFault {
        var text = byColumn.getOrDefault(column, "");
        if (text.isEmpty()) {
            throw new RowFault(column, "There is no value.");
        }
        return text;
    }

    /** As a type of the kernel takes it; what is wrong is said in the type's words. */
    <T> T value(String column, Function<String, T> type) throws RowFault {
        try {
            return type.apply(text(column));
        } catch (InvalidValue wrong) {
            throw new RowFault(column, wrong.sentence());
        }
    }
}
