package com.fluxvantage.kernel.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Optional;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class PageRequestTest {
    private static final Cursors CURSORS = new Cursors(new byte[32], new byte[] {1});

    @Test
    void fetches_one_row_more_than_the_page_holds() {
        assertThat(first(20).fetch()).isEqualTo(21);
        assertThat(new PageRequest(Optional.empty(), Optional.empty(), CURSORS).fetch())
                .isEqualTo(51);
    }

    @Test
    void starts_before_everything_on_the_first_page() {
        assertThat(first(2).after()).isEmpty();
        assertThat(first(2).after(0, "")).isEmpty();
    }

    @Test
    void has_no_next_cursor_when_all_rows_fit() {
        var page = first(2).of(List.of("a", "b"), List::of);

        assertThat(page.items()).containsExactly("a", "b");
        assertThat(page.nextCursor()).isEmpty();
    }

    @Test
    void goes_on_after_the_last_row_that_was_shown() {
        var page = first(2).of(List.of("a", "b", "c"), row -> List.of(row, row + row));
        var next = new PageRequest(Optional.of(new PageLimit(2)), page.nextCursor(), CURSORS);

        assertThat(page.items()).containsExactly("a", "b");
        assertThat(next.after()).containsExactly("b", "bb");
        assertThat(next.after(1, "")).isEqualTo("bb");
    }

    @Test
    void refuses_a_cursor_of_another_list() {
        var cursor = new Cursors(new byte[32], new byte[] {2}).seal(List.of("b"));

        assertThatExceptionOfType(InvalidValue.class)
                .isThrownBy(() -> new PageRequest(Optional.empty(), Optional.of(cursor), CURSORS));
    }

    @Test
    void reads_more_than_the_most_as_the_most() {
        assertThat(new PageLimit(200).rows()).isEqualTo(200);
        assertThat(new PageLimit(201).rows()).isEqualTo(200);
        assertThat(new PageLimit(Integer.MAX_VALUE).rows()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void refuses_a_page_without_rows(int rows) {
        assertThatExceptionOfType(InvalidValue.class).isThrownBy(() -> new PageLimit(rows));
    }

    private static PageRequest first(int rows) {
        return new PageRequest(Optional.of(new PageLimit(rows)), Optional.empty(), CURSORS);
    }
}
