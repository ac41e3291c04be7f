package com.fluxvantage.kernel.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.fluxvantage.kernel.stock.ItemId;
import com.fluxvantage.kernel.stock.LotId;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.UUID;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class IdentifiersTest {
    private static final ItemId ITEM =
            new ItemId(UUID.fromString("01938f4e-7c11-7abc-8def-0123456789ab"));
    private static final String TEXT = Identifiers.text(ITEM);

    private record Unmarked(UUID uuid) implements Identifier {}

    @Test
    void is_written_as_prefix_and_26_characters_of_base32() {
        assertThat(TEXT).isEqualTo("itm_01je7mwz0hfay8vvr14d2pf2db").hasSize("itm_".length() + 26);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00000000-0000-0000-0000-000000000000",
                "ffffffff-ffff-ffff-ffff-ffffffffffff",
                "80000000-0000-0000-0000-000000000001",
                "00000000-0000-0000-8000-000000000000",
                "01938f4e-7c11-7abc-8def-0123456789ab"
            })
    void is_read_back_as_it_was_written(String uuid) {
        var id = new ItemId(UUID.fromString(uuid));

        assertThat(Identifiers.parse(ItemId.class, Identifiers.text(id))).contains(id);
    }

    @Test
    void sorts_as_text_in_the_order_of_the_uuids() {
        var later = new ItemId(UUID.fromString("f1938f4e-7c11-7abc-8def-0123456789ab"));

        assertThat(Identifiers.text(later)).isGreaterThan(TEXT);
    }

    @Test
    void is_no_identifier_of_another_kind() {
        assertThat(Identifiers.parse(LotId.class, TEXT)).isEmpty();
    }

    @Test
    void has_no_27th_character_and_no_fewer_than_26() {
        assertThat(Identifiers.parse(ItemId.class, TEXT + "0")).isEmpty();
        assertThat(Identifiers.parse(ItemId.class, TEXT.substring(0, TEXT.length() - 1))).isEmpty();
        assertThat(Identifiers.parse(ItemId.class, "itm_")).isEmpty();
        assertThat(Identifiers.parse(ItemId.class, "")).isEmpty();
    }

    @Test
    void is_lower_case_only_so_that_one_thing_has_one_name() {
        assertThat(
                        Identifiers.parse(
                                ItemId.class,
                                "itm_" + TEXT.substring(4).toUpperCase(java.util.Locale.ROOT)))
                .isEmpty();
        assertThat(Identifiers.parse(ItemId.class, "ITM_" + TEXT.substring(4))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"i", "l", "o", "u", "-", " ", "\u0660", "="})
    void has_no_character_outside_its_alphabet(String character) {
        assertThat(
                        Identifiers.parse(
                                ItemId.class, TEXT.substring(0, TEXT.length() - 1) + character))
                .isEmpty();
    }

    @Test
    void holds_128_bits_and_not_one_more() {
        assertThat(Identifiers.parse(ItemId.class, "itm_7zzzzzzzzzzzzzzzzzzzzzzzzz"))
                .contains(new ItemId(new UUID(-1, -1)));
        assertThat(Identifiers.parse(ItemId.class, "itm_80000000000000000000000000")).isEmpty();
        assertThat(Identifiers.parse(ItemId.class, "itm_zzzzzzzzzzzzzzzzzzzzzzzzzz")).isEmpty();
    }

    @Test
    void needs_a_prefix_on_its_type() {
        assertThatIllegalStateException()
                .isThrownBy(() -> Identifiers.text(new Unmarked(UUID.randomUUID())))
                .withMessageContaining("@Prefix");
    }
}
