package com.fluxvantage.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fluxvantage.kernel.outside.Bytes;
import com.fluxvantage.kernel.outside.Signer;
import com.fluxvantage.kernel.outside.SigningPurpose;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * What seals, manifests and certificates rely on, whoever signs them: the signer in this process
 * and KMS as an emulator speaks it pass the same tests.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
abstract class SignerContract {
    abstract Signer signer();

    @ParameterizedTest
    @EnumSource
    void what_is_signed_is_verified_by_the_key_that_it_names(SigningPurpose purpose) {
        byte[] digest = digest("what is sealed");

        var signature = signer().sign(purpose, digest);
        var key = signer().key(purpose);

        assertThat(signature.keyId()).isEqualTo(key.keyId());
        assertThat(key.verifies(digest, signature.der())).isTrue();
        assertThat(key.verifies(digest("something else"), signature.der())).isFalse();
    }

    // A service that hashes the digest once more would sign what nobody can verify.
    @Test
    void the_digest_itself_is_signed_and_not_a_digest_of_it() {
        byte[] digest = digest("what is sealed");
        var signature = signer().sign(SigningPurpose.AUDIT_SEAL, digest);

        assertThat(
                        signer().key(SigningPurpose.AUDIT_SEAL)
                                .verifies(sha256(digest), signature.der()))
                .isFalse();
    }

    @Test
    void each_purpose_has_a_key_of_its_own() {
        byte[] digest = digest("what is sealed");
        var signature = signer().sign(SigningPurpose.AUDIT_SEAL, digest);

        for (var other : SigningPurpose.values()) {
            boolean isSame = other == SigningPurpose.AUDIT_SEAL;
            assertThat(signer().key(other).verifies(digest, signature.der())).isEqualTo(isSame);
            assertThat(signature.keyId().equals(signer().key(other).keyId())).isEqualTo(isSame);
        }
    }

    @Test
    void one_bit_changed_in_a_signature_is_none() {
        byte[] digest = digest("what is sealed");
        byte[] der = signer().sign(SigningPurpose.EXPORT_MANIFEST, digest).der().toArray();
        der[der.length - 1] ^= 1;

        assertThat(signer().key(SigningPurpose.EXPORT_MANIFEST).verifies(digest, Bytes.of(der)))
                .isFalse();
    }

    @Test
    void what_is_no_digest_is_not_signed() {
        for (int length : new int[] {0, 31, 33, 64}) {
            assertThatThrownBy(() -> signer().sign(SigningPurpose.AUDIT_SEAL, new byte[length]))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static byte[] digest(String text) {
        return sha256(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
