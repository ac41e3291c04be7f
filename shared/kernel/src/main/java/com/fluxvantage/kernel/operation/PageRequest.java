package com.fluxvantage.kernel.operation;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Which page a caller wants. The statement asks for {@link #fetch()} rows after {@link #after()},
 * one more than the page holds, so that the end is known without counting.
 */
public final class PageRequest {
    private final int rows;
    private final List<String> after;
    private final Cursors cursors;

    PageRequest(Optional<PageLimit> limit, Optional<Cursor> cursor, Cursors cursors) {
        this.rows = limit.orElse(PageLimit.USUAL).rows();
        this.after = cursor.map(cursors::open).orElse(List.of());
        this.cursors = cursors;
    }

    public int fetch() {
        return rows + 1;
    }

    /** How many rows the page holds. */
    public int rows() {
        return rows;
    }

    /** Where the next page begins, for a list that is not read by one statement. */
    public Cursor cursor(String... sortKey) {
        return cursors.seal(List.of(sortKey));
    }

    /** The sort key of the last row of the page before; empty on the first page. */
    public List<String> after() {
        return after;
    }

    /** One part of that key, or {@code first} on the first page. */
    public String after(int part, String first) {
        return after.isEmpty() ? first : after.get(part);
    }

    /** Cuts what was fetched to a page; {@code sortKey} says by what a row is sorted. */
    public <T> Page<T> of(List<T> fetched, Function<T, List<String>> sortKey) {
        if (fetched.size() <= rows) {
            return new Page<>(fetched, Optional.empty());
        }
        var items = fetched.subList(0, rows);
        return new Page<>(items, Optional.of(cursors.seal(sortKey.apply(items.getLast()))));
    }
}
