package com.fluxvantage.aws;

import com.fluxvantage.kernel.outside.Bytes;
import com.fluxvantage.kernel.outside.Signature;
import com.fluxvantage.kernel.outside.Signer;
import com.fluxvantage.kernel.outside.SigningKey;
import com.fluxvantage.kernel.outside.SigningPurpose;
import com.fluxvantage.kernel.outside.Unreachable;

import org.jspecify.annotations.Nullable;

import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.DependencyTimeoutException;
import software.amazon.awssdk.services.kms.model.KmsException;
import software.amazon.awssdk.services.kms.model.KmsInternalException;
import software.amazon.awssdk.services.kms.model.MessageType;
import software.amazon.awssdk.services.kms.model.SigningAlgorithmSpec;

import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Signs with keys of AWS KMS, which never leave it. What is sent is the digest, and that it is one:
 * KMS would otherwise hash it once more, and nobody could verify it. Safe for use by many threads.
 */
final class KmsSigner implements Signer {
    private static final String SERVICE = "KMS";

    private final Supplier<KmsClient> opener;
    private final Map<SigningPurpose, String> keys;
    private @Nullable KmsClient opened;

    /** {@code keys} are the addresses of those that this function may sign with. */
    KmsSigner(Supplier<KmsClient> opener, Map<SigningPurpose, String> keys) {
        this.opener = opener;
        this.keys = Map.copyOf(keys);
    }

    @Override
    public Signature sign(SigningPurpose purpose, byte[] sha256) {
        if (sha256.length != DIGEST_BYTES) {
            throw new IllegalArgumentException("a SHA-256 digest has 32 bytes");
        }
        var answer =
                asked(kms ->
                        kms.sign(it ->
                                it.keyId(address(purpose))
                                        .message(SdkBytes.fromByteArray(sha256))
                                        .messageType(MessageType.DIGEST)
                                        .signingAlgorithm(SigningAlgorithmSpec.ECDSA_SHA_256)));
        return new Signature(answer.keyId(), Bytes.of(answer.signature().asByteArray()));
    }

    @Override
    public SigningKey key(SigningPurpose purpose) {
        var answer = asked(kms -> kms.getPublicKey(it -> it.keyId(address(purpose))));
        return new SigningKey(answer.keyId(), Bytes.of(answer.publicKey().asByteArray()));
    }

    private String address(SigningPurpose purpose) {
        String address = keys.get(purpose);
        if (address == null) {
            throw new IllegalStateException("this function has no key for " + purpose);
        }
        return address;
    }

    // A right that is missing or a key that is gone is a fault; what passes by itself is not.
    private <T> T asked(Function<KmsClient, T> question) {
        try {
            return question.apply(client());
        } catch (KmsInternalException | DependencyTimeoutException | SdkClientException e) {
            throw new Unreachable(SERVICE, e);
        } catch (KmsException e) {
            if (e.isThrottlingException() || e.statusCode() >= 500) {
                throw new Unreachable(SERVICE, e);
            }
            throw e;
        }
    }

    private synchronized KmsClient client() {
        var client = opened;
        if (client == null) {
            client = opener.get();
            opened = client;
        }
        return client;
    }
}
