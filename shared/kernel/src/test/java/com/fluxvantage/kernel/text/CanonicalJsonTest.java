package com.fluxvantage.kernel.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class CanonicalJsonTest {
    @Test
    void has_no_blanks_and_its_names_in_order() {
        assertThat(json(Map.of("b", List.of(1, true, CanonicalJson.NOTHING), "a", Map.of())))
                .isEqualTo("{\"a\":{},\"b\":[1,true,null]}");
    }

    /**
     * The order of RFC 8785, 3.2.3: by UTF-16 units, in which the emoji comes before the ligature.
     */
    @Test
    void orders_names_by_their_units() {
        var names = new java.util.HashMap<String, Object>();
        for (String name :
                List.of("\u20ac", "\r", "\ufb33", "1", "\ud83d\ude00", "\u0080", "\u00f6")) {
            names.put(name, 0);
        }
        assertThat(json(names))
                .isEqualTo(
                        "{\"\\r\":0,\"1\":0,\"\u0080\":0,\"\u00f6\":0,\"\u20ac\":0,\"\ud83d\ude00\":0,\"\ufb33\":0}");
    }

    @Test
    void escapes_what_has_to_be_and_nothing_else() {
        assertThat(json("\"\\/\b\t\n\f\r\u0001\u00fc\u2028"))
                .isEqualTo("\"\\\"\\\\/\\b\\t\\n\\f\\r\\u0001\u00fc\u2028\"");
    }

    @Test
    void an_instant_is_a_text() {
        assertThat(json(Instant.parse("2026-11-24T08:00:00.120Z")))
                .isEqualTo("\"2026-11-24T08:00:00.120Z\"");
    }

    @Test
    void keeps_numbers_that_are_exact_everywhere_and_refuses_the_next() {
        assertThat(json(9_007_199_254_740_991L)).isEqualTo("9007199254740991");
        assertThatThrownBy(() -> json(9_007_199_254_740_992L))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> json(1.5)).isInstanceOf(IllegalArgumentException.class);
    }

    private static String json(Object value) {
        return new String(CanonicalJson.bytes(value), StandardCharsets.UTF_8);
    }
}
