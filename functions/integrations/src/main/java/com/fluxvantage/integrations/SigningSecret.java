package com.fluxvantage.integrations;

import com.fluxvantage.kernel.operation.InvalidValue;
import com.fluxvantage.kernel.outside.Credential;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.UUID;

/** A secret that signs deliveries, as Standard Webhooks 1.0.0 writes it. */
final class SigningSecret {
    private static final String PREFIX = "whsec_";

    // Shorter ones can be guessed, and longer ones are hashed before they are used.
    private static final int LEAST_BYTES = 24;
    private static final int MOST_BYTES = 64;

    private static final int FINGERPRINT_BYTES = 4;

    private SigningSecret() {}

    static void check(Credential secret) {
        String text = secret.sealed();
        if (!text.startsWith(PREFIX) || !isKey(text.substring(PREFIX.length()))) {
            throw new InvalidValue(
                    "secret",
                    "malformed",
                    "A secret is whsec_ and then 24 to 64 random bytes in base64.");
        }
    }

    private static boolean isKey(String base64) {
        try {
            int length = Base64.getDecoder().decode(base64).length;
            return length >= LEAST_BYTES && length <= MOST_BYTES;
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    /**
     * By which a person sees that two secrets are the same one. Salted with the row, so that nobody
     * sees whether two tenants have one in common; too short to find a secret by it.
     */
    static String fingerprint(UUID row, Credential secret) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update((row + ":").getBytes(StandardCharsets.UTF_8));
            digest.update(secret.sealed().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest(), 0, FINGERPRINT_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
