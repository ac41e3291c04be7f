package com.fluxvantage.integrations;

import com.fluxvantage.kernel.operation.InvalidValue;
import com.fluxvantage.kernel.outside.Credential;

import java.util.Base64;

/** A secret that signs deliveries, as Standard Webhooks 1.0.0 writes it. */
final class SigningSecret {
    private static final String PREFIX = "whsec_";

    // Shorter ones can be guessed, and longer ones are hashed before they are used.
    private static final int LEAST_BYTES = 24;
    private static final int MOST_BYTES = 64;

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
}
