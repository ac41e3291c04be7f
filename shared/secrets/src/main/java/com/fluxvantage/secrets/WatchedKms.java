package com.fluxvantage.secrets;

import com.fluxvantage.kernel.outside.Unreachable;

import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.DecryptRequest;
import software.amazon.awssdk.services.kms.model.DecryptResponse;
import software.amazon.awssdk.services.kms.model.DependencyTimeoutException;
import software.amazon.awssdk.services.kms.model.GenerateDataKeyRequest;
import software.amazon.awssdk.services.kms.model.GenerateDataKeyResponse;
import software.amazon.awssdk.services.kms.model.IncorrectKeyException;
import software.amazon.awssdk.services.kms.model.InvalidCiphertextException;
import software.amazon.awssdk.services.kms.model.KmsException;
import software.amazon.awssdk.services.kms.model.KmsInternalException;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * Lets the two calls through that envelopes need, and remembers how they failed: the library that
 * makes them tells of every failure alike, and a service that is away for a moment must not look
 * like a ciphertext that was forged. Safe for use by many threads.
 */
final class WatchedKms implements KmsClient {
    private static final String SERVICE = "KMS";

    /** What went wrong on this thread since it was opened. */
    static final class Watch implements AutoCloseable {
        private Optional<RuntimeException> failure = Optional.empty();

        /** Empty where KMS did as it was asked, or said that the ciphertext is none of its own. */
        Optional<RuntimeException> failure() {
            return failure;
        }

        @Override
        public void close() {
            WATCHES.remove();
        }
    }

    private static final ThreadLocal<Watch> WATCHES = new ThreadLocal<>();

    private final KmsClient kms;

    WatchedKms(KmsClient kms) {
        this.kms = kms;
    }

    Watch watch() {
        var watch = new Watch();
        WATCHES.set(watch);
        return watch;
    }

    @Override
    public GenerateDataKeyResponse generateDataKey(GenerateDataKeyRequest request) {
        return watched(() -> kms.generateDataKey(request));
    }

    @Override
    public DecryptResponse decrypt(DecryptRequest request) {
        return watched(() -> kms.decrypt(request));
    }

    @Override
    public String serviceName() {
        return kms.serviceName();
    }

    @Override
    public void close() {
        kms.close();
    }

    private static <T> T watched(Supplier<T> call) {
        try {
            return call.get();
        } catch (SdkException e) {
            var watch = WATCHES.get();
            if (watch != null && !isOfTheCiphertext(e)) {
                watch.failure = Optional.of(passes(e) ? new Unreachable(SERVICE, e) : e);
            }
            throw e;
        }
    }

    private static boolean isOfTheCiphertext(SdkException e) {
        return e instanceof InvalidCiphertextException || e instanceof IncorrectKeyException;
    }

    // A right that is missing or a key that is gone is a fault; what passes by itself is not.
    private static boolean passes(SdkException e) {
        return e instanceof KmsInternalException
                || e instanceof DependencyTimeoutException
                || e instanceof SdkClientException
                || (e instanceof KmsException kms
                        && (kms.isThrottlingException() || kms.statusCode() >= 500));
    }
}
