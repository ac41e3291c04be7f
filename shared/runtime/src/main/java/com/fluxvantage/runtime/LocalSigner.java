package com.fluxvantage.runtime;

import com.fluxvantage.kernel.outside.Bytes;
import com.fluxvantage.kernel.outside.Signature;
import com.fluxvantage.kernel.outside.Signer;
import com.fluxvantage.kernel.outside.SigningKey;
import com.fluxvantage.kernel.outside.SigningPurpose;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.EnumMap;
import java.util.Map;
import java.util.UUID;

/**
 * Signs in this process, with keys that end with it, and refuses what KMS would refuse. What it has
 * signed is verified with the public keys that were stored with the signatures.
 */
public final class LocalSigner implements Signer {
    private record Held(String id, KeyPair pair) {}

    private final Map<SigningPurpose, Held> keys = new EnumMap<>(SigningPurpose.class);

    public LocalSigner() {
        for (var purpose : SigningPurpose.values()) {
            change(purpose);
        }
    }

    @Override
    public synchronized Signature sign(SigningPurpose purpose, byte[] sha256) {
        if (sha256.length != DIGEST_BYTES) {
            throw new IllegalArgumentException("a SHA-256 digest has 32 bytes");
        }
        try {
            var key = held(purpose);
            var signing = java.security.Signature.getInstance("NONEwithECDSA");
            signing.initSign(key.pair.getPrivate());
            signing.update(sha256);
            return new Signature(key.id, Bytes.of(signing.sign()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java signs with ECDSA", e);
        }
    }

    @Override
    public synchronized SigningKey key(SigningPurpose purpose) {
        var key = held(purpose);
        return new SigningKey(key.id, Bytes.of(key.pair.getPublic().getEncoded()));
    }

    /** A new key from now on, as when an alias is pointed at another. */
    public synchronized void change(SigningPurpose purpose) {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            keys.put(
                    purpose,
                    new Held(
                            "local/" + purpose.publicName() + "/" + UUID.randomUUID(),
                            generator.generateKeyPair()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has P-256", e);
        }
    }

    private Held held(SigningPurpose purpose) {
        var held = keys.get(purpose);
        if (held == null) {
            throw new IllegalStateException("there is no key for " + purpose);
        }
        return held;
    }
}
