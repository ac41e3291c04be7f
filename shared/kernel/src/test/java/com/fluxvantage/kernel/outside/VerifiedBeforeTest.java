package com.fluxvantage.kernel.outside;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.outside.VerifiedBefore.Signed;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;

/** What is remembered of signatures: that they were good, and nothing else. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class VerifiedBeforeTest {
    private final VerifiedBefore before = new VerifiedBefore();
    private int asked;

    @Test
    void a_good_one_is_asked_about_once() {
        assertThat(isOrBecomes(signed(1, 2, 3), true)).isTrue();
        assertThat(isOrBecomes(signed(1, 2, 3), false)).isTrue();

        assertThat(asked).isEqualTo(1);
    }

    @Test
    void a_bad_one_is_asked_about_each_time() {
        assertThat(isOrBecomes(signed(1, 2, 3), false)).isFalse();
        assertThat(isOrBecomes(signed(1, 2, 3), false)).isFalse();

        assertThat(asked).isEqualTo(2);
    }

    @Test
    void of_another_key_another_digest_or_another_signature_nothing_is_known() {
        isOrBecomes(signed(1, 2, 3), true);

        assertThat(isOrBecomes(signed(9, 2, 3), false)).isFalse();
        assertThat(isOrBecomes(signed(1, 9, 3), false)).isFalse();
        assertThat(isOrBecomes(signed(1, 2, 9), false)).isFalse();
    }

    @Test
    void no_more_are_kept_than_so_many() {
        for (int digest = 0; digest <= VerifiedBefore.MOST; digest++) {
            isOrBecomes(signed(1, digest, 3), true);
        }

        assertThat(isOrBecomes(signed(1, 1, 3), false)).isTrue();
        assertThat(isOrBecomes(signed(1, 0, 3), false)).isFalse();
    }

    private boolean isOrBecomes(Signed signed, boolean isGood) {
        return before.isOrBecomes(
                signed,
                () -> {
                    asked++;
                    return isGood;
                });
    }

    private static Signed signed(int spki, int sha256, int der) {
        return new Signed(bytes(spki), bytes(sha256), bytes(der));
    }

    private static Bytes bytes(int value) {
        return Bytes.of(ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
    }
}
