package com.fluxvantage.kernel.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class CursorsTest {
    // Of a length at which base64 has no idle bits at its end: each flipped character changes
    // a bit.
    private static final List<String> SORT_KEY = List.of("A-01", "SKU-é");
    private static final byte[] TENANT = key(1);
    private static final Cursors CURSORS =
            new Cursors(TENANT, bytes("search-items {sku_prefix: A}"));

    @Test
    void opens_what_it_sealed() {
        assertThat(CURSORS.open(CURSORS.seal(SORT_KEY))).isEqualTo(SORT_KEY);
        assertThat(CURSORS.open(CURSORS.seal(List.of("")))).containsExactly("");
    }

    @Test
    void shows_nothing_of_the_sort_key_and_differs_each_time() {
        var one = CURSORS.seal(SORT_KEY);

        assertThat(one).isNotEqualTo(CURSORS.seal(SORT_KEY));
        assertThat(
                        new String(
                                java.util.Base64.getUrlDecoder().decode(one.value()),
                                StandardCharsets.ISO_8859_1))
                .doesNotContain("A-01", "SKU");
    }

    @Test
    void does_not_open_for_another_tenant() {
        var other = new Cursors(key(2), bytes("search-items {sku_prefix: A}"));

        assertMismatch(other, CURSORS.seal(SORT_KEY));
    }

    @Test
    void does_not_open_with_other_filters_or_another_operation() {
        var cursor = CURSORS.seal(SORT_KEY);

        assertMismatch(new Cursors(TENANT, bytes("search-items {sku_prefix: B}")), cursor);
        assertMismatch(new Cursors(TENANT, bytes("search-stock {sku_prefix: A}")), cursor);
    }

    @Test
    void does_not_open_with_any_one_character_changed() {
        String sealed = CURSORS.seal(SORT_KEY).value();
        assertThat(sealed.length() % 4).isZero();
        for (int at = 0; at < sealed.length(); at++) {
            char other = sealed.charAt(at) == 'A' ? 'B' : 'A';
            var altered = new Cursor(sealed.substring(0, at) + other + sealed.substring(at + 1));

            assertMismatch(CURSORS, altered);
        }
    }

    @Test
    void does_not_open_when_cut_short() {
        String sealed = CURSORS.seal(SORT_KEY).value();
        for (int length = 1; length < sealed.length(); length++) {
            assertMismatch(CURSORS, new Cursor(sealed.substring(0, length)));
        }
    }

    @Test
    void keeps_its_own_copy_of_the_key() {
        byte[] mine = key(1);
        var cursors = new Cursors(mine, bytes("search-items {sku_prefix: A}"));
        Arrays.fill(mine, (byte) 0);

        assertThat(cursors.open(CURSORS.seal(SORT_KEY))).isEqualTo(SORT_KEY);
    }

    private static void assertMismatch(Cursors cursors, Cursor cursor) {
        var refusal = catchThrowableOfType(InvalidValue.class, () -> cursors.open(cursor));
        assertThat(refusal).as(cursor.value()).isNotNull();
        assertThat(refusal.code()).isEqualTo("cursor-mismatch");
        assertThat(refusal.field()).isEqualTo("cursor");
    }

    private static byte[] key(int fill) {
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) fill);
        return key;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
