package com.fluxvantage.kernel.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fluxvantage.kernel.operation.InvalidValue;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class GtinTest {
    @ParameterizedTest
    @CsvSource({
        "96385074, 00000096385074",
        "036000291452, 00036000291452",
        "4006381333931, 04006381333931",
        "00012345600012, 00012345600012"
    })
    void of_8_12_13_or_14_digits_is_filled_to_14(String read, String kept) {
        assertThat(new Gtin(read).value()).isEqualTo(kept);
        assertThat(new Gtin(read)).hasToString(kept);
    }

    @Test
    void is_one_and_the_same_however_its_barcode_was_read() {
        assertThat(new Gtin("036000291452")).isEqualTo(new Gtin("0036000291452"));
    }

    @Test
    void with_any_other_last_digit_is_refused() {
        for (int digit = 0; digit <= 9; digit++) {
            String typed = "400638133393" + digit;
            if (digit != 1) {
                assertThat(refused(typed)).as(typed).isEqualTo("check-digit");
            }
        }
    }

    @Test
    void with_two_neighbours_swapped_is_refused() {
        assertThat(refused("4060381333931")).isEqualTo("check-digit");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "9638507",
                "963850740",
                "4006381333",
                "40063813339",
                "4006381-33393",
                "４００６３８１３３３９３１"
            })
    void of_another_length_or_with_other_signs_is_refused(String typed) {
        assertThat(refused(typed)).isEqualTo("malformed");
    }

    @Test
    void of_15_digits_is_too_long() {
        assertThat(refused("000123456000120")).isEqualTo("too-long");
    }

    private static String refused(String typed) {
        return catchThrowableOfType(InvalidValue.class, () -> new Gtin(typed)).code();
    }
}
