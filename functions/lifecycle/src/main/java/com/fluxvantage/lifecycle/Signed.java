package com.fluxvantage.lifecycle;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.LostLease;
import com.fluxvantage.kernel.outside.Outside;
import com.fluxvantage.kernel.outside.Signature;
import com.fluxvantage.kernel.outside.SigningKey;
import com.fluxvantage.kernel.outside.SigningPurpose;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A signature and the public half of its key, which is written down with it: what is signed today
 * is verified with it when another key signs for long.
 */
record Signed(SigningPurpose purpose, SigningKey key, Signature signature) {
    /** As it stands beside a signature. */
    static final String ALGORITHM = "ECDSA_P256_SHA256";

    /** Signs a SHA-256 digest. */
    static Signed by(SigningPurpose purpose, byte[] sha256, Outside outside) {
        var signature = outside.sign(purpose, sha256);
        var key = outside.signingKey(purpose);
        // Between the two questions the alias may have been pointed at another key: the next try
        // asks for both again.
        if (!key.verifies(sha256, signature.der())) {
            throw new LostLease();
        }
        return new Signed(purpose, key, signature);
    }

    static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Publishes the key; the same one again is harmless, another under its id is refused. */
    void note(Call call) {
        call.sql()
                .createQuery("select fv.note_signing_key(:key, :purpose, :spki)")
                .bind("key", key.keyId())
                .bind("purpose", purpose.publicName())
                .bind("spki", key.spki())
                .mapTo(String.class)
                .one();
    }
}
