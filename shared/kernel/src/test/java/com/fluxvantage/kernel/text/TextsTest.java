package com.fluxvantage.kernel.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fluxvantage.kernel.operation.InvalidValue;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class TextsTest {
    /** Three characters at most, letters of the English alphabet. */
    @Limit(longest = 3, pattern = "[A-Z]+", says = "Capital letters only.")
    private record Initials(String value) implements TextValue {
        private Initials {
            Texts.check(value, Initials.class);
        }
    }

    private record Unlimited(String value) implements TextValue {}

    @ParameterizedTest
    @ValueSource(
            strings = {
                "A",
                "A-01 left",
                "Größe 3/4\" äöü",
                "棚番",
                "ق",
                "\uD83D\uDCE6 box",
                "\uD83D\uDC68\u200D\uD83D\uDD27"
            })
    void takes_what_a_label_can_print(String text) {
        assertThat(new Code(text).value()).isEqualTo(text);
    }

    @Test
    void takes_as_many_characters_as_the_limit_says_and_not_one_more() {
        assertThat(new Code("x".repeat(64)).value()).hasSize(64);
        assertThat(refused("x".repeat(65))).isEqualTo("too-long");
    }

    @Test
    void counts_characters_and_not_the_halves_of_a_pair() {
        assertThat(new Code("\uD83D\uDCE6".repeat(64)).value()).hasSize(128);
        assertThat(refused("\uD83D\uDCE6".repeat(65))).isEqualTo("too-long");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t", "\n \u2003"})
    void refuses_an_empty_text(String text) {
        assertThat(refused(text)).isEqualTo("blank");
    }

    @ParameterizedTest
    @ValueSource(strings = {" A", "A ", "A\n", "\tA", "\u2003A"})
    void refuses_space_around_a_text(String text) {
        assertThat(refused(text)).isEqualTo("space-around");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "A\u0000B", // NUL, which PostgreSQL cannot keep
                "A\nB",
                "A\u001bB", // escape: a printer obeys it
                "A\u007fB",
                "A\u0085B",
                "A\uD83D", // half a pair
                "\uDCE6A",
                "A\u202EB", // right-to-left override
                "A\u2066B", // isolate
                "A\u200FB", // right-to-left mark
                "A\u200BB", // zero width space
                "A\uFEFFB",
                "A\u2028B", // line separator: a line break in any log
                "A\u2029B",
                "A\u0378B" // no character at all
            })
    void refuses_what_cannot_be_printed(String text) {
        assertThat(refused(text)).isEqualTo("unprintable");
    }

    @Test
    void refuses_what_does_not_fit_the_whole_pattern() {
        assertThat(new Initials("ABC").value()).isEqualTo("ABC");
        var refusal = catchThrowableOfType(InvalidValue.class, () -> new Initials("A1B"));
        assertThat(refusal.code()).isEqualTo("malformed");
        assertThat(refusal.sentence()).isEqualTo("Capital letters only.");
    }

    @Test
    void never_repeats_what_was_typed() {
        var refusal = catchThrowableOfType(InvalidValue.class, () -> new Code("secret\u0000text"));

        assertThat(refusal.sentence()).doesNotContain("secret");
    }

    @Test
    void needs_a_limit_on_the_type() {
        assertThatIllegalStateException().isThrownBy(() -> Texts.check("A", Unlimited.class));
    }

    private static String refused(String text) {
        return catchThrowableOfType(InvalidValue.class, () -> new Code(text)).code();
    }
}
