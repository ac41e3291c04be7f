package com.fluxvantage.secrets;

import com.amazonaws.encryptionsdk.AwsCrypto;
import com.amazonaws.encryptionsdk.CommitmentPolicy;
import com.amazonaws.encryptionsdk.CryptoAlgorithm;
import com.fluxvantage.kernel.outside.SealedSecret;
import com.fluxvantage.kernel.outside.Secret;
import com.fluxvantage.kernel.outside.SecretContext;
import com.fluxvantage.kernel.outside.Secrets;
import com.fluxvantage.kernel.outside.Unopenable;

import org.jspecify.annotations.Nullable;

import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.cryptography.materialproviders.ICryptographicMaterialsManager;
import software.amazon.cryptography.materialproviders.IKeyring;
import software.amazon.cryptography.materialproviders.MaterialProviders;
import software.amazon.cryptography.materialproviders.model.CreateAwsKmsKeyringInput;
import software.amazon.cryptography.materialproviders.model.CreateDefaultCryptographicMaterialsManagerInput;
import software.amazon.cryptography.materialproviders.model.CreateMultiKeyringInput;
import software.amazon.cryptography.materialproviders.model.CreateRequiredEncryptionContextCMMInput;
import software.amazon.cryptography.materialproviders.model.MaterialProvidersConfig;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * Seals and opens by the AWS Encryption SDK: a data key from KMS for each secret, AES-256-GCM with
 * a commitment to that key, and a context of which nothing is stored in the message. Only the keys
 * that are listed are ever asked, whatever a message names. Safe for use by many threads.
 */
final class EncryptionSdkSecrets implements Secrets {
    /**
     * Without a signature: whoever may open is trusted not to forge, and each would cost an ECDSA.
     */
    private static final CryptoAlgorithm ALGORITHM =
            CryptoAlgorithm.ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY;

    // So that every secret is one frame, which is the last one as well.
    private static final int FRAME_BYTES = 2 * Secret.LARGEST_BYTES;
    private static final int LAST_FRAME = 0xffffffff;
    private static final int NONCE_AND_LENGTH_BYTES = 16;
    private static final int TAG_BYTES = 16;

    private record Tools(
            AwsCrypto crypto,
            WatchedKms kms,
            ICryptographicMaterialsManager sealing,
            ICryptographicMaterialsManager opening) {}

    private final Supplier<KmsClient> opener;
    private final List<String> keys;
    private @Nullable Tools opened;

    /**
     * Asks nobody yet: the client is made by the first call, which comes after a snapshot.
     *
     * @param keys the addresses of the key that seals and, after it, of those that sealed before
     */
    EncryptionSdkSecrets(Supplier<KmsClient> opener, List<String> keys) {
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("a secret is sealed with a key");
        }
        this.opener = opener;
        this.keys = List.copyOf(keys);
    }

    @Override
    public SealedSecret seal(SecretContext context, Secret secret) {
        var tools = tools();
        byte[] clear = secret.reveal();
        try (var watch = tools.kms.watch()) {
            try {
                return SealedSecret.of(
                        tools.crypto
                                .encryptData(tools.sealing, clear, context.pairs())
                                .getResult());
            } catch (RuntimeException e) {
                throw watch.failure().orElse(e);
            }
        } finally {
            Arrays.fill(clear, (byte) 0);
        }
    }

    // Bytes that somebody altered break the library in many ways. Unless KMS itself failed, all of
    // them mean the same.
    @Override
    public Secret open(SecretContext context, SealedSecret sealed) {
        byte[] message = sealed.toArray();
        if (message.length > SealedSecret.LARGEST_BYTES) {
            throw new Unopenable();
        }
        var tools = tools();
        try (var watch = tools.kms.watch()) {
            try {
                var result = tools.crypto.decryptData(tools.opening, message, context.pairs());
                byte[] clear = result.getResult();
                mustBeOneFrame(message, clear.length);
                var secret = Secret.of(clear);
                Arrays.fill(clear, (byte) 0);
                return secret;
            } catch (RuntimeException _) {
                throw watch.failure().orElseGet(Unopenable::new);
            }
        }
    }

    // The library numbers frames and authenticates its own count; in the last frame it does not
    // look at the number that stands there. Nothing could be done with that, but what was altered
    // is refused.
    private static void mustBeOneFrame(byte[] message, int clearBytes) {
        int frame =
                message.length
                        - (2 * Integer.BYTES + NONCE_AND_LENGTH_BYTES + clearBytes + TAG_BYTES);
        var bytes = ByteBuffer.wrap(message);
        if (bytes.getInt(frame) != LAST_FRAME || bytes.getInt(frame + Integer.BYTES) != 1) {
            throw new Unopenable();
        }
    }

    private synchronized Tools tools() {
        var tools = opened;
        if (tools == null) {
            tools = made();
            opened = tools;
        }
        return tools;
    }

    private Tools made() {
        var kms = new WatchedKms(opener.get());
        var providers =
                MaterialProviders.builder()
                        .MaterialProvidersConfig(MaterialProvidersConfig.builder().build())
                        .build();
        var keyrings = keys.stream().map(it -> keyring(providers, kms, it)).toList();
        var crypto =
                AwsCrypto.builder()
                        .withCommitmentPolicy(CommitmentPolicy.RequireEncryptRequireDecrypt)
                        .withEncryptionAlgorithm(ALGORITHM)
                        .withEncryptionFrameSize(FRAME_BYTES)
                        .withMaxEncryptedDataKeys(1)
                        .build();
        return new Tools(
                crypto,
                kms,
                bound(providers, keyrings.getFirst()),
                bound(
                        providers,
                        providers.CreateMultiKeyring(
                                CreateMultiKeyringInput.builder()
                                        .childKeyrings(keyrings)
                                        .build())));
    }

    private static IKeyring keyring(MaterialProviders providers, KmsClient kms, String key) {
        return providers.CreateAwsKmsKeyring(
                CreateAwsKmsKeyringInput.builder().kmsClient(kms).kmsKeyId(key).build());
    }

    // What is required is not written into the message, so it cannot be read from there either.
    private static ICryptographicMaterialsManager bound(
            MaterialProviders providers, IKeyring keyring) {
        return providers.CreateRequiredEncryptionContextCMM(
                CreateRequiredEncryptionContextCMMInput.builder()
                        .underlyingCMM(
                                providers.CreateDefaultCryptographicMaterialsManager(
                                        CreateDefaultCryptographicMaterialsManagerInput.builder()
                                                .keyring(keyring)
                                                .build()))
                        .requiredEncryptionContextKeys(List.copyOf(SecretContext.KEYS))
                        .build());
    }
}
