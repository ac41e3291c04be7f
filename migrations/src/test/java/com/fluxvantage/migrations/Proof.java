package com.fluxvantage.migrations;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.UUID;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A tenant proof as the authorizer signs it, with each field open to be wrong. */
record Proof(String keyId, UUID tenant, String audience, Instant expiresAt, String secret) {
    static final String KEY_ID = "k1";
    static final String SECRET = "a key for proofs, for tests and no others";
    static final UUID MEMBER = UUID.fromString("0198c0de-0000-7000-8000-00000000beef");
    static final String ACTOR = "member:" + MEMBER;
    static final String PERMISSIONS = "0123456789abcdef0123456789abcdef";

    static Proof of(UUID tenant) {
        return new Proof(KEY_ID, tenant, "api", Instant.now().plus(Duration.ofMinutes(2)), SECRET);
    }

    Proof withKeyId(String other) {
        return new Proof(other, tenant, audience, expiresAt, secret);
    }

    Proof forAudience(String other) {
        return new Proof(keyId, tenant, other, expiresAt, secret);
    }

    Proof expiringAt(Instant other) {
        return new Proof(keyId, tenant, audience, other, secret);
    }

    Proof signedWith(String other) {
        return new Proof(keyId, tenant, audience, expiresAt, other);
    }

    String fields() {
        return String.join(
                ".",
                "v1",
                keyId,
                tenant.toString(),
                "member",
                MEMBER.toString(),
                "*",
                "*",
                PERMISSIONS,
                audience,
                Long.toString(expiresAt.getEpochSecond()));
    }

    String text() {
        return signed(fields(), secret);
    }

    static String signed(String fields, String secret) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return fields
                    + "."
                    + HexFormat.of()
                            .formatHex(mac.doFinal(fields.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HMAC is part of the platform", e);
        }
    }
}
