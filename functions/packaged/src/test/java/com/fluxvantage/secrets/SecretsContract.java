package com.fluxvantage.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.outside.SealedSecret;
import com.fluxvantage.kernel.outside.Secret;
import com.fluxvantage.kernel.outside.SecretContext;
import com.fluxvantage.kernel.outside.SecretPlace;
import com.fluxvantage.kernel.outside.SecretPurpose;
import com.fluxvantage.kernel.outside.Secrets;
import com.fluxvantage.kernel.outside.Unopenable;
import com.fluxvantage.kernel.tenancy.TenantId;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/**
 * What operations rely on when they entrust a secret, whichever key service is behind it: the one
 * in this process and KMS as an emulator speaks it pass the same tests. That two contexts which
 * look alike when they are joined are two is not among them: an emulator joins them.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
abstract class SecretsContract {
    private static final TenantId TENANT = new TenantId(Uuid7.next());
    private static final UUID ROW = Uuid7.next();
    private static final SecretContext CONTEXT =
            new SecretContext(TENANT, at(ROW, "sealed", SecretPurpose.CHANNEL_SIGNATURE, 2));
    private static final Secret SECRET =
            Secret.of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".getBytes(StandardCharsets.UTF_8));

    /** Under one key, which is the same for all of these tests. */
    abstract Secrets secrets();

    /** Under another key of the same service. */
    abstract Secrets underAnother();

    /** The other key seals, and the one of {@link #secrets} still opens. */
    abstract Secrets underBoth();

    @Test
    void a_secret_opens_where_it_was_sealed_for_and_looks_different_each_time() {
        var sealed = secrets().seal(CONTEXT, SECRET);

        assertThat(secrets().open(CONTEXT, sealed)).isEqualTo(SECRET);
        assertThat(secrets().seal(CONTEXT, SECRET)).isNotEqualTo(sealed);
        assertThat(new String(sealed.toArray(), StandardCharsets.ISO_8859_1))
                .doesNotContain("whsec", "MfKQ9r8", TENANT.uuid().toString());
    }

    @Test
    void two_that_are_swapped_between_tenants_rows_columns_purposes_or_versions_do_not_open() {
        var sealed = secrets().seal(CONTEXT, SECRET);
        for (var other :
                List.of(
                        new SecretContext(new TenantId(Uuid7.next()), CONTEXT.place()),
                        with(at(Uuid7.next(), "sealed", SecretPurpose.CHANNEL_SIGNATURE, 2)),
                        with(at(ROW, "former", SecretPurpose.CHANNEL_SIGNATURE, 2)),
                        with(at(ROW, "sealed", SecretPurpose.WEBHOOK_SIGNATURE, 2)),
                        with(at(ROW, "sealed", SecretPurpose.CHANNEL_SIGNATURE, 1)))) {
            var theirs = secrets().seal(other, SECRET);

            assertThatThrownBy(() -> secrets().open(other, sealed)).isInstanceOf(Unopenable.class);
            assertThatThrownBy(() -> secrets().open(CONTEXT, theirs))
                    .isInstanceOf(Unopenable.class);
            assertThat(secrets().open(other, theirs)).isEqualTo(SECRET);
        }
    }

    // Each byte once: each bit of each is tried where that asks nobody.
    @Test
    void with_a_bit_flipped_in_any_byte_it_does_not_open() {
        byte[] whole = secrets().seal(CONTEXT, SECRET).toArray();

        for (int at = 0; at < whole.length; at++) {
            byte[] bent = whole.clone();
            bent[at] ^= (byte) (1 << at % Byte.SIZE);
            assertThat(catchThrowable(() -> secrets().open(CONTEXT, SealedSecret.of(bent))))
                    .as("byte %s of %s", at, whole.length)
                    .isExactlyInstanceOf(Unopenable.class);
        }
    }

    @Test
    void cut_off_or_with_something_behind_it_it_does_not_open() {
        byte[] whole = secrets().seal(CONTEXT, SECRET).toArray();

        for (int length : new int[] {0, 1, whole.length / 2, whole.length - 1, whole.length + 1}) {
            assertThatThrownBy(() ->
                            secrets().open(CONTEXT, SealedSecret.of(Arrays.copyOf(whole, length))))
                    .as("%s of %s bytes", length, whole.length)
                    .isExactlyInstanceOf(Unopenable.class);
        }
    }

    @Test
    void what_another_key_has_sealed_does_not_open() {
        var theirs = underAnother().seal(CONTEXT, SECRET);

        assertThatThrownBy(() -> secrets().open(CONTEXT, theirs)).isInstanceOf(Unopenable.class);
        assertThat(underAnother().open(CONTEXT, theirs)).isEqualTo(SECRET);
    }

    @Test
    void while_a_key_takes_anothers_place_both_open() {
        var former = secrets().seal(CONTEXT, SECRET);
        var fresh = underBoth().seal(CONTEXT, SECRET);

        assertThat(underBoth().open(CONTEXT, former)).isEqualTo(SECRET);
        assertThat(underBoth().open(CONTEXT, fresh)).isEqualTo(SECRET);
        assertThatThrownBy(() -> secrets().open(CONTEXT, fresh)).isInstanceOf(Unopenable.class);
    }

    @Test
    void the_largest_secret_fits() {
        byte[] clear = new byte[Secret.LARGEST_BYTES];
        Arrays.fill(clear, (byte) 7);

        var sealed = secrets().seal(CONTEXT, Secret.of(clear));

        assertThat(sealed.toArray()).hasSizeLessThanOrEqualTo(SealedSecret.LARGEST_BYTES);
        assertThat(secrets().open(CONTEXT, sealed).reveal()).isEqualTo(clear);
    }

    private static SecretContext with(SecretPlace place) {
        return new SecretContext(TENANT, place);
    }

    private static SecretPlace at(UUID row, String column, SecretPurpose purpose, int version) {
        return new SecretPlace("wms.stored_secret", row, column, purpose, version);
    }
}
