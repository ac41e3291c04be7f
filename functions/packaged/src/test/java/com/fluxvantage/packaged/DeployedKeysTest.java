package com.fluxvantage.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.InvalidCiphertextException;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * The key of tenants' secrets, as KMS's protocol shows it. The emulator enforces no key policy, and
 * joins the names and values of a context without a separator: what that would hide is proven
 * elsewhere.
 */
@NeedsEmulator
final class DeployedKeysTest {
    private static final String KEY = "alias/" + Emulator.PREFIX + "/tenant-secrets";
    private static final Map<String, String> TEA_SHOP =
            Map.of("tenant", "0198-tea", "table", "connection", "column", "secret");
    private static final Map<String, String> COFFEE_SHOP =
            Map.of("tenant", "0198-coffee", "table", "connection", "column", "secret");
    private static final SdkBytes SECRET = SdkBytes.fromUtf8String("what the tenant entrusts");

    private final KmsClient keys = Emulator.deployed().keys();

    @Test
    void a_secret_opens_with_the_context_it_was_closed_with() {
        var closed = close();

        assertThat(closed.asString(StandardCharsets.ISO_8859_1)).doesNotContain("entrusts");
        assertThat(open(closed, TEA_SHOP)).isEqualTo(SECRET);
    }

    @Test
    void a_secret_does_not_open_for_another_tenant() {
        var closed = close();

        assertThatThrownBy(() -> open(closed, COFFEE_SHOP))
                .isInstanceOf(InvalidCiphertextException.class);
    }

    @Test
    void a_secret_that_was_tampered_with_does_not_open() {
        byte[] bytes = close().asByteArray();
        bytes[bytes.length - 1] ^= 1;

        assertThatThrownBy(() -> open(SdkBytes.fromByteArray(bytes), TEA_SHOP))
                .isInstanceOf(InvalidCiphertextException.class);
    }

    private SdkBytes close() {
        return keys.encrypt(it -> it.keyId(KEY).plaintext(SECRET).encryptionContext(TEA_SHOP))
                .ciphertextBlob();
    }

    private SdkBytes open(SdkBytes closed, Map<String, String> context) {
        return keys.decrypt(it -> it.keyId(KEY).ciphertextBlob(closed).encryptionContext(context))
                .plaintext();
    }
}
