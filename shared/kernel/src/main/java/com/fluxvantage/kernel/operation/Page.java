package com.fluxvantage.kernel.operation;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** One page of a list, and the cursor of the next if there is one. */
public record Page<T>(List<T> items, Optional<Cursor> nextCursor) {
    public Page {
        items = List.copyOf(items);
    }

    public <U> Page<U> map(Function<T, U> each) {
        return new Page<>(items.stream().map(each).toList(), nextCursor);
    }
}
