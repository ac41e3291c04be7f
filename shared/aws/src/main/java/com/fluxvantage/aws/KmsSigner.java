package com.fluxvantage.aws;

import com.fluxvantage.kernel.outside.Bytes;
import com.fluxvantage.kernel.outside.Signature;
import com.fluxvantage.kernel.outside.Signer;
import com.fluxvantage.kernel.outside.SigningKey;
import com.fluxvantage.kernel.outside.SigningPurpose;

import tools.jackson.databind.JsonNode;

import java.util.Base64;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Signs with keys of AWS KMS, which never leave it. What is sent is the digest, and that it is one:
 * KMS would otherwise hash it once more, and nobody could verify it. Safe for use by many threads.
 */
final class KmsSigner implements Signer {
    /** The service's name in the host, and in a request's signature. */
    static final String HOST = "kms";

    private static final String TARGET = "TrentService.";

    private final JsonEndpoint kms;
    private final Map<SigningPurpose, String> keys;

    /** {@code keys} are the addresses of those that this function may sign with. */
    KmsSigner(Supplier<JsonEndpoint.Way> way, Map<SigningPurpose, String> keys) {
        this.kms = new JsonEndpoint(HOST, way);
        this.keys = Map.copyOf(keys);
    }

    @Override
    public Signature sign(SigningPurpose purpose, byte[] sha256) {
        if (sha256.length != DIGEST_BYTES) {
            throw new IllegalArgumentException("a SHA-256 digest has 32 bytes");
        }
        var answer =
                ask(
                        "Sign",
                        Map.of(
                                "KeyId",
                                address(purpose),
                                "Message",
                                Base64.getEncoder().encodeToString(sha256),
                                "MessageType",
                                "DIGEST",
                                "SigningAlgorithm",
                                "ECDSA_SHA_256"));
        return new Signature(text(answer, "KeyId"), bytes(answer, "Signature"));
    }

    @Override
    public SigningKey key(SigningPurpose purpose) {
        var answer = ask("GetPublicKey", Map.of("KeyId", address(purpose)));
        return new SigningKey(text(answer, "KeyId"), bytes(answer, "PublicKey"));
    }

    // A right that is missing or a key that is gone is a fault; what passes by itself is not.
    private JsonNode ask(String action, Map<String, String> question) {
        return kms.post(
                "/",
                Map.of(
                        "Content-Type",
                        "application/x-amz-json-1.1",
                        "X-Amz-Target",
                        TARGET + action),
                question);
    }

    private static String text(JsonNode answer, String field) {
        return answer.path(field).stringValue();
    }

    private static Bytes bytes(JsonNode answer, String field) {
        return Bytes.of(Base64.getDecoder().decode(text(answer, field)));
    }

    private String address(SigningPurpose purpose) {
        String address = keys.get(purpose);
        if (address == null) {
            throw new IllegalStateException("this function has no key for " + purpose);
        }
        return address;
    }
}
