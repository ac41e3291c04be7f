package com.fluxvantage.kernel.id;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

import java.util.HashSet;
import java.util.UUID;
import java.util.stream.Stream;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class Uuid7Test {
    @RepeatedTest(20)
    void is_of_version_7_and_of_the_variant_of_rfc_9562() {
        var uuid = Uuid7.next();

        assertThat(uuid.version()).isEqualTo(7);
        assertThat(uuid.variant()).isEqualTo(2);
    }

    @Test
    void starts_with_the_millisecond_in_which_it_was_made() {
        long before = System.currentTimeMillis();
        var uuid = Uuid7.next();
        long after = System.currentTimeMillis();

        assertThat(millis(uuid)).isBetween(before, after);
    }

    @Test
    void of_a_later_millisecond_sorts_after_an_earlier_one() {
        var first = Uuid7.next();
        var second = Uuid7.next();
        while (millis(second) == millis(first)) {
            second = Uuid7.next();
        }

        assertThat(second.toString()).isGreaterThan(first.toString());
    }

    @Test
    void is_never_the_same_twice() {
        var made = Stream.generate(Uuid7::next).limit(20_000).toList();

        assertThat(new HashSet<>(made)).hasSameSizeAs(made);
    }

    @Test
    void leaves_no_random_bit_fixed() {
        long always = -1;
        long never = -1;
        long alwaysLow = -1;
        long neverLow = -1;
        for (int count = 0; count < 2_000; count++) {
            var uuid = Uuid7.next();
            always &= uuid.getMostSignificantBits();
            never &= ~uuid.getMostSignificantBits();
            alwaysLow &= uuid.getLeastSignificantBits();
            neverLow &= ~uuid.getLeastSignificantBits();
        }

        assertThat((always | never) & 0x0fffL).isZero();
        assertThat((alwaysLow | neverLow) & 0x3fff_ffff_ffff_ffffL).isZero();
    }

    private static long millis(UUID uuid) {
        return uuid.getMostSignificantBits() >>> 16;
    }
}
