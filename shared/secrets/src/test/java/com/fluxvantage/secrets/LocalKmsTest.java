package com.fluxvantage.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.outside.Secret;
import com.fluxvantage.kernel.outside.SecretContext;
import com.fluxvantage.kernel.outside.SecretPlace;
import com.fluxvantage.kernel.outside.SecretPurpose;
import com.fluxvantage.kernel.outside.Unopenable;
import com.fluxvantage.kernel.tenancy.TenantId;
import com.fluxvantage.runtime.LocalSecrets;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.model.DisabledException;
import software.amazon.awssdk.services.kms.model.IncorrectKeyException;
import software.amazon.awssdk.services.kms.model.InvalidCiphertextException;
import software.amazon.awssdk.services.kms.model.KmsException;
import software.amazon.awssdk.services.kms.model.NotFoundException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;

/** The key service of this process refuses what that of the cloud refuses. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class LocalKmsTest {
    private static final SecretContext CONTEXT =
            new SecretContext(
                    new TenantId(Uuid7.next()),
                    new SecretPlace(
                            "wms.channel_connection",
                            Uuid7.next(),
                            "sealed_secret",
                            SecretPurpose.CHANNEL_SIGNATURE,
                            1));

    private final LocalKms kms = new LocalKms();
    private final String key = kms.hold("one", SealedSecretsTest.material(1));

    @Test
    void a_blob_decrypts_in_its_context_alone() {
        var blob = blob(CONTEXT.pairs());

        assertThat(decrypted(key, blob, CONTEXT.pairs())).hasSize(32);
        CONTEXT.pairs()
                .keySet()
                .forEach(name -> {
                    var other = new HashMap<>(CONTEXT.pairs());
                    other.merge(name, "x", String::concat);
                    assertThatThrownBy(() -> decrypted(key, blob, other))
                            .isInstanceOf(InvalidCiphertextException.class);
                });
    }

    @Test
    void a_context_that_lacks_a_part_or_has_one_more_is_not_authorized() {
        var lacking = new HashMap<>(CONTEXT.pairs());
        lacking.remove("tenant");
        var more = new HashMap<>(CONTEXT.pairs());
        more.put("owner", "x");

        for (var pairs : java.util.List.<Map<String, String>>of(Map.of(), lacking, more)) {
            assertThatThrownBy(() -> blob(pairs)).isInstanceOf(KmsException.class);
            assertThatThrownBy(() -> decrypted(key, blob(CONTEXT.pairs()), pairs))
                    .isInstanceOf(KmsException.class);
        }
    }

    @Test
    void another_key_an_unknown_one_and_a_disabled_one_open_nothing() {
        var blob = blob(CONTEXT.pairs());
        String other = kms.hold("other", SealedSecretsTest.material(1));

        assertThatThrownBy(() -> decrypted(other, blob, CONTEXT.pairs()))
                .isInstanceOf(IncorrectKeyException.class);
        assertThatThrownBy(() -> decrypted(key + "x", blob, CONTEXT.pairs()))
                .isInstanceOf(NotFoundException.class);
        kms.disable(key);
        assertThatThrownBy(() -> decrypted(key, blob, CONTEXT.pairs()))
                .isInstanceOf(DisabledException.class);
    }

    @Test
    void what_was_sealed_opens_after_a_restart_with_the_key_of_the_folder(@TempDir Path folder)
            throws IOException {
        var secret = Secret.of(new byte[] {1, 2, 3});
        var sealed = LocalSecrets.in(folder).seal(CONTEXT, secret);

        assertThat(LocalSecrets.in(folder).open(CONTEXT, sealed)).isEqualTo(secret);
        var file = folder.resolve("tenant-secrets.key");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        Files.delete(file);
        assertThatThrownBy(() -> LocalSecrets.in(folder).open(CONTEXT, sealed))
                .isInstanceOf(Unopenable.class);
    }

    private SdkBytes blob(Map<String, String> context) {
        return kms.generateDataKey(it -> it.keyId(key).numberOfBytes(32).encryptionContext(context))
                .ciphertextBlob();
    }

    private byte[] decrypted(String by, SdkBytes blob, Map<String, String> context) {
        return kms.decrypt(it -> it.keyId(by).ciphertextBlob(blob).encryptionContext(context))
                .plaintext()
                .asByteArray();
    }
}
