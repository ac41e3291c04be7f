package com.fluxvantage.secrets;

import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.DecryptRequest;
import software.amazon.awssdk.services.kms.model.DecryptResponse;
import software.amazon.awssdk.services.kms.model.DisabledException;
import software.amazon.awssdk.services.kms.model.GenerateDataKeyRequest;
import software.amazon.awssdk.services.kms.model.GenerateDataKeyResponse;
import software.amazon.awssdk.services.kms.model.IncorrectKeyException;
import software.amazon.awssdk.services.kms.model.InvalidCiphertextException;
import software.amazon.awssdk.services.kms.model.KmsException;
import software.amazon.awssdk.services.kms.model.NotFoundException;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A key service in this process that encrypts for real and refuses what KMS under our key's policy
 * refuses: another key, an altered blob, any other context, a call without a tenant. The context is
 * authenticated in one form only, keys in order and each text behind its length, so that no two
 * contexts are the same. Safe for use by many threads.
 */
final class LocalKms implements KmsClient {
    static final int KEY_BYTES = 32;

    // From the limits of KMS: the context in all, and the blob that is decrypted.
    private static final int LARGEST_CONTEXT = 8192;
    private static final int LARGEST_BLOB = 6144;

    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Map<String, SecretKeySpec> keys = new ConcurrentHashMap<>();
    private final Set<String> disabled = ConcurrentHashMap.newKeySet();

    /** Keeps a key and answers its address. */
    String hold(String name, byte[] material) {
        if (material.length != KEY_BYTES) {
            throw new IllegalArgumentException("a key has " + KEY_BYTES + " bytes");
        }
        String address = "arn:aws:kms:local-1:000000000000:key/" + name;
        keys.put(address, new SecretKeySpec(material, "AES"));
        return address;
    }

    /** From now on it encrypts and decrypts nothing. */
    void disable(String address) {
        disabled.add(address);
    }

    @Override
    public GenerateDataKeyResponse generateDataKey(GenerateDataKeyRequest request) {
        var key = key(request.keyId());
        byte[] context = canonical(request.encryptionContext());
        int length = request.numberOfBytes() == null ? KEY_BYTES : request.numberOfBytes();
        byte[] made = new byte[length];
        byte[] nonce = new byte[NONCE_BYTES];
        RANDOM.nextBytes(made);
        RANDOM.nextBytes(nonce);
        byte[] address = request.keyId().getBytes(StandardCharsets.UTF_8);
        try {
            var cipher = cipher(Cipher.ENCRYPT_MODE, key, nonce, address, context);
            byte[] wrapped = cipher.doFinal(made);
            var blob =
                    ByteBuffer.allocate(
                            Short.BYTES + address.length + NONCE_BYTES + wrapped.length);
            blob.putShort((short) address.length).put(address).put(nonce).put(wrapped);
            return GenerateDataKeyResponse.builder()
                    .keyId(request.keyId())
                    .plaintext(SdkBytes.fromByteArray(made))
                    .ciphertextBlob(SdkBytes.fromByteArray(blob.array()))
                    .build();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has AES-GCM", e);
        }
    }

    @Override
    public DecryptResponse decrypt(DecryptRequest request) {
        var blob = request.ciphertextBlob().asByteBuffer();
        if (blob.remaining() > LARGEST_BLOB) {
            throw invalid();
        }
        byte[] context = canonical(request.encryptionContext());
        try {
            byte[] address = next(blob, Short.toUnsignedInt(blob.getShort()));
            byte[] nonce = next(blob, NONCE_BYTES);
            byte[] wrapped = next(blob, blob.remaining());
            String named = new String(address, StandardCharsets.UTF_8);
            if (!keys.containsKey(named)) {
                throw invalid();
            }
            if (!named.equals(request.keyId())) {
                key(request.keyId());
                throw IncorrectKeyException.builder()
                        .message("the key in the request did not encrypt this")
                        .build();
            }
            var cipher = cipher(Cipher.DECRYPT_MODE, key(named), nonce, address, context);
            return DecryptResponse.builder()
                    .keyId(named)
                    .plaintext(SdkBytes.fromByteArray(cipher.doFinal(wrapped)))
                    .build();
        } catch (BufferUnderflowException | AEADBadTagException _) {
            throw invalid();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has AES-GCM", e);
        }
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {
        // It holds nothing open.
    }

    private SecretKeySpec key(String address) {
        var key = keys.get(address);
        if (key == null) {
            throw NotFoundException.builder().message("there is no such key").build();
        }
        if (disabled.contains(address)) {
            throw DisabledException.builder().message("the key is disabled").build();
        }
        return key;
    }

    private static byte[] next(ByteBuffer from, int length) {
        if (length > from.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        from.get(bytes);
        return bytes;
    }

    private static Cipher cipher(
            int mode, SecretKeySpec key, byte[] nonce, byte[] address, byte[] context)
            throws GeneralSecurityException {
        var cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(address);
        cipher.updateAAD(context);
        return cipher;
    }

    // As the policies say: nobody asks without a tenant, and nobody with other keys than ours.
    private static byte[] canonical(Map<String, String> context) {
        if (!new HashSet<>(context.keySet())
                .equals(com.fluxvantage.kernel.outside.SecretContext.KEYS)) {
            throw KmsException.builder()
                    .message("not authorized: the context is not that of a stored secret")
                    .statusCode(400)
                    .build();
        }
        var sorted = new TreeMap<>(context);
        int size = Integer.BYTES;
        for (var pair : sorted.entrySet()) {
            size += 2 * Integer.BYTES + utf8(pair.getKey()).length + utf8(pair.getValue()).length;
        }
        if (size > LARGEST_CONTEXT) {
            throw KmsException.builder().message("the context is too long").statusCode(400).build();
        }
        var bytes = ByteBuffer.allocate(size).putInt(sorted.size());
        sorted.forEach((name, value) -> {
            bytes.putInt(utf8(name).length).put(utf8(name));
            bytes.putInt(utf8(value).length).put(utf8(value));
        });
        return Arrays.copyOf(bytes.array(), size);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static InvalidCiphertextException invalid() {
        return InvalidCiphertextException.builder()
                .message("the ciphertext is not valid here")
                .statusCode(400)
                .build();
    }
}
