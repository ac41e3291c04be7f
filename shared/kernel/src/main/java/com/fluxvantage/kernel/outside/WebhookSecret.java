package com.fluxvantage.kernel.outside;

import com.fluxvantage.kernel.operation.InvalidValue;
import com.fluxvantage.kernel.text.Limit;
import com.fluxvantage.kernel.text.Texts;

import java.util.Base64;

/**
 * What a tenant's webhooks are signed with, in the form of Standard Webhooks 1.0.0: {@code whsec_}
 * and 24 to 64 random bytes in base64. Like a {@link Credential} it prints as {@code ***} and can
 * be bound to nothing.
 */
@Limit(
        longest = 96,
        pattern = "whsec_[A-Za-z0-9+/]{32,86}={0,2}",
        says = "A secret is whsec_ and 24 to 64 random bytes in base64.")
public record WebhookSecret(String value) {
    private static final String PREFIX = "whsec_";
    private static final int FEWEST_BYTES = 24;
    private static final int MOST_BYTES = 64;

    /** 24 random bytes have fewer different ones than this once in 10^15 times. */
    private static final int FEWEST_DIFFERENT = 12;

    public WebhookSecret {
        Texts.check(value, WebhookSecret.class);
        byte[] key = decoded(value);
        if (key.length < FEWEST_BYTES || key.length > MOST_BYTES) {
            throw new InvalidValue(
                    "malformed", "A secret is whsec_ and 24 to 64 random bytes in base64.");
        }
        if (different(key) < FEWEST_DIFFERENT) {
            throw new InvalidValue("guessable", "These bytes are not random. Take openssl rand.");
        }
    }

    /** The bytes that sign. */
    public byte[] key() {
        return decoded(value);
    }

    private static byte[] decoded(String value) {
        try {
            return Base64.getDecoder().decode(value.substring(PREFIX.length()));
        } catch (IllegalArgumentException _) {
            throw new InvalidValue("malformed", "What follows whsec_ is no base64.");
        }
    }

    private static long different(byte[] key) {
        var seen = new java.util.BitSet();
        for (byte one : key) {
            seen.set(one & 0xff);
        }
        return seen.cardinality();
    }

    @Override
    public String toString() {
        return "***";
    }
}
