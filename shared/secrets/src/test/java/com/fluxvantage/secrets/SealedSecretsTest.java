package com.fluxvantage.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.outside.SealedSecret;
import com.fluxvantage.kernel.outside.Secret;
import com.fluxvantage.kernel.outside.SecretContext;
import com.fluxvantage.kernel.outside.SecretPlace;
import com.fluxvantage.kernel.outside.SecretPurpose;
import com.fluxvantage.kernel.outside.Unopenable;
import com.fluxvantage.kernel.tenancy.TenantId;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A secret opens where it was sealed for, as it was sealed, and nowhere else. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class SealedSecretsTest {
    private static final TenantId TENANT = new TenantId(Uuid7.next());
    private static final UUID ROW = Uuid7.next();
    private static final SecretContext CONTEXT =
            new SecretContext(
                    TENANT,
                    new SecretPlace(
                            "wms.channel_connection",
                            ROW,
                            "sealed_secret",
                            SecretPurpose.CHANNEL_SIGNATURE,
                            2));
    private static final Secret SECRET =
            Secret.of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".getBytes(StandardCharsets.UTF_8));

    private final LocalKms kms = new LocalKms();
    private final String key = kms.hold("first", material(1));
    private final EncryptionSdkSecrets secrets = new EncryptionSdkSecrets(() -> kms, List.of(key));
    private final SealedSecret sealed = secrets.seal(CONTEXT, SECRET);

    @Test
    void a_secret_opens_where_it_was_sealed_for() {
        assertThat(secrets.open(CONTEXT, sealed)).isEqualTo(SECRET);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 31, 4095, 4096})
    void secrets_of_every_size_fit_what_is_stored(int size) {
        byte[] clear = new byte[size];
        Arrays.fill(clear, (byte) 7);

        var large = secrets.seal(CONTEXT, Secret.of(clear));

        assertThat(large.toArray()).hasSizeLessThanOrEqualTo(SealedSecret.LARGEST_BYTES);
        assertThat(secrets.open(CONTEXT, large).reveal()).isEqualTo(clear);
    }

    @Test
    void the_same_secret_is_never_sealed_the_same_way_twice() {
        assertThat(secrets.seal(CONTEXT, SECRET)).isNotEqualTo(sealed);
    }

    /** What can be read in the row is neither the secret nor whose it is. */
    @Test
    void nothing_of_secret_or_context_stands_in_the_message() {
        String message = new String(sealed.toArray(), StandardCharsets.ISO_8859_1);

        assertThat(message).doesNotContain("whsec", "MfKQ9r8");
        CONTEXT.pairs()
                .forEach((name, value) -> {
                    assertThat(message).doesNotContain("tenant\0", name + "\0");
                    if (value.length() > 1) {
                        assertThat(message).doesNotContain(value);
                    }
                });
    }

    static Stream<SecretContext> elsewhere() {
        var place = CONTEXT.place();
        return Stream.of(
                new SecretContext(new TenantId(Uuid7.next()), place),
                at(place.table(), Uuid7.next(), place.column(), place.purpose(), 2),
                at("wms.webhook_endpoint", ROW, place.column(), place.purpose(), 2),
                at(place.table(), ROW, "former_secret", place.purpose(), 2),
                at(place.table(), ROW, place.column(), SecretPurpose.WEBHOOK_SIGNATURE, 2),
                at(place.table(), ROW, place.column(), place.purpose(), 1),
                at(place.table(), ROW, place.column(), place.purpose(), 3),
                at(place.table(), ROW, place.column(), place.purpose(), 22));
    }

    @ParameterizedTest
    @MethodSource("elsewhere")
    void it_opens_in_no_other_tenant_row_table_column_purpose_or_version(SecretContext other) {
        assertThatThrownBy(() -> secrets.open(other, sealed)).isInstanceOf(Unopenable.class);
    }

    @ParameterizedTest
    @MethodSource("elsewhere")
    void two_that_were_swapped_open_at_neither_place(SecretContext other) {
        var theirs = secrets.seal(other, SECRET);

        assertThatThrownBy(() -> secrets.open(other, sealed)).isInstanceOf(Unopenable.class);
        assertThatThrownBy(() -> secrets.open(CONTEXT, theirs)).isInstanceOf(Unopenable.class);
        assertThat(secrets.open(other, theirs)).isEqualTo(SECRET);
    }

    /** Joined without separators these two would be one context. */
    @Test
    void a_context_whose_parts_are_shifted_is_another() {
        var one = at("wms.ab", ROW, "cd", SecretPurpose.CHANNEL_SIGNATURE, 1);
        var other = at("wms.abc", ROW, "d", SecretPurpose.CHANNEL_SIGNATURE, 1);

        assertThatThrownBy(() -> secrets.open(other, secrets.seal(one, SECRET)))
                .isInstanceOf(Unopenable.class);
    }

    @Test
    void cut_off_at_any_length_it_does_not_open() {
        byte[] whole = sealed.toArray();

        for (int length = 0; length < whole.length; length++) {
            var cut = SealedSecret.of(Arrays.copyOf(whole, length));
            assertThat(thrownBy(cut))
                    .as("cut to %s of %s bytes", length, whole.length)
                    .isExactlyInstanceOf(Unopenable.class);
        }
    }

    @Test
    void with_something_behind_it_it_does_not_open() {
        byte[] whole = sealed.toArray();

        for (int more : List.of(1, 16, whole.length)) {
            byte[] longer = Arrays.copyOf(whole, whole.length + more);
            assertThat(thrownBy(SealedSecret.of(longer)))
                    .as("%s more bytes", more)
                    .isExactlyInstanceOf(Unopenable.class);
        }
    }

    @Test
    void with_one_bit_flipped_in_any_byte_it_does_not_open() {
        byte[] whole = sealed.toArray();

        for (int at = 0; at < whole.length; at++) {
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                byte[] bent = whole.clone();
                bent[at] ^= (byte) (1 << bit);
                assertThat(thrownBy(SealedSecret.of(bent)))
                        .as("bit %s of byte %s of %s", bit, at, whole.length)
                        .isExactlyInstanceOf(Unopenable.class);
            }
        }
    }

    @Test
    void what_never_was_a_sealed_secret_does_not_open() {
        IntStream.of(0, 1, 100, SealedSecret.LARGEST_BYTES, SealedSecret.LARGEST_BYTES + 1)
                .forEach(length ->
                        assertThatThrownBy(() ->
                                        secrets.open(CONTEXT, SealedSecret.of(new byte[length])))
                                .isExactlyInstanceOf(Unopenable.class));
    }

    /** The list of keys is strict: a message that names another key sends nobody there. */
    @Test
    void what_another_key_has_sealed_does_not_open_though_the_key_is_at_hand() {
        String other = kms.hold("second", material(2));
        var theirs = new EncryptionSdkSecrets(() -> kms, List.of(other)).seal(CONTEXT, SECRET);

        assertThatThrownBy(() -> secrets.open(CONTEXT, theirs)).isInstanceOf(Unopenable.class);
    }

    @Test
    void a_new_key_seals_and_the_former_one_still_opens() {
        String newer = kms.hold("newer", material(3));
        var both = new EncryptionSdkSecrets(() -> kms, List.of(newer, key));
        var fresh = both.seal(CONTEXT, SECRET);

        assertThat(both.open(CONTEXT, sealed)).isEqualTo(SECRET);
        assertThat(both.open(CONTEXT, fresh)).isEqualTo(SECRET);
        assertThatThrownBy(() -> secrets.open(CONTEXT, fresh)).isInstanceOf(Unopenable.class);
    }

    @Test
    void neither_secret_prints() {
        assertThat(SECRET).hasToString("***");
        assertThat(sealed).hasToString("***");
        assertThat(List.of(SECRET, sealed)).hasToString("[***, ***]");
        assertThat(new Unopenable()).hasNoCause();
    }

    private Throwable thrownBy(SealedSecret altered) {
        return org.assertj.core.api.Assertions.catchThrowable(() -> secrets.open(CONTEXT, altered));
    }

    private static SecretContext at(
            String table, UUID row, String column, SecretPurpose purpose, int version) {
        return new SecretContext(TENANT, new SecretPlace(table, row, column, purpose, version));
    }

    static byte[] material(int fill) {
        byte[] material = new byte[LocalKms.KEY_BYTES];
        Arrays.fill(material, (byte) fill);
        return material;
    }
}
