package com.fluxvantage.kernel.outside;

import com.fluxvantage.kernel.text.Limit;
import com.fluxvantage.kernel.text.Texts;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;

/**
 * A secret as a caller types it in. It is sealed and goes nowhere else: it prints as {@code ***},
 * no answer and no event can hold it, and it cannot be bound to a statement.
 */
@Limit(longest = 1000)
public record Credential(String sealed) {
    private static final int FINGERPRINT_BYTES = 4;

    public Credential {
        Texts.check(sealed, Credential.class);
    }

    public Secret secret() {
        return Secret.of(sealed.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * By which a person sees that two secrets are the same one. Salted with the row, so that nobody
     * sees whether two tenants have one in common; too short to find a secret by it.
     */
    public String fingerprint(UUID row) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update((row + ":").getBytes(StandardCharsets.UTF_8));
            digest.update(sealed.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest(), 0, FINGERPRINT_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return "***";
    }
}
