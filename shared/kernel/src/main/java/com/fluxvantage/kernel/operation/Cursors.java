package com.fluxvantage.kernel.operation;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;

import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals the sort key of a page's last row with AES-256-GCM. What the cursor belongs to (operation
 * and filters) is authenticated with it, and the key is the tenant's, so a cursor that was altered,
 * or is another tenant's, or is used with other filters does not open.
 */
public final class Cursors {
    private static final int NONCE = 12;
    private static final int TAG_BITS = 128;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final byte[] tenantKey;
    private final byte[] belongsTo;

    public Cursors(byte[] tenantKey, byte[] belongsTo) {
        this.tenantKey = tenantKey.clone();
        this.belongsTo = belongsTo.clone();
    }

    Cursor seal(List<String> sortKey) {
        var plain = ByteBuffer.allocate(2_000);
        for (String part : sortKey) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            plain.putShort((short) bytes.length).put(bytes);
        }
        byte[] nonce = new byte[NONCE];
        RANDOM.nextBytes(nonce);
        byte[] sealed = crypt(Cipher.ENCRYPT_MODE, nonce, plain.array(), 0, plain.position());
        var whole = ByteBuffer.allocate(NONCE + sealed.length).put(nonce).put(sealed);
        return new Cursor(Base64.getUrlEncoder().withoutPadding().encodeToString(whole.array()));
    }

    List<String> open(Cursor cursor) {
        try {
            byte[] whole = Base64.getUrlDecoder().decode(cursor.value());
            if (whole.length <= NONCE) {
                throw unfit();
            }
            byte[] nonce = java.util.Arrays.copyOf(whole, NONCE);
            var plain =
                    ByteBuffer.wrap(
                            crypt(Cipher.DECRYPT_MODE, nonce, whole, NONCE, whole.length - NONCE));
            var parts = new java.util.ArrayList<String>();
            while (plain.hasRemaining()) {
                byte[] part = new byte[plain.getShort()];
                plain.get(part);
                parts.add(new String(part, StandardCharsets.UTF_8));
            }
            return List.copyOf(parts);
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw unfit();
        }
    }

    private static InvalidValue unfit() {
        return new InvalidValue(
                "cursor",
                "cursor-mismatch",
                "This cursor does not belong to this list with these filters.");
    }

    private byte[] crypt(int mode, byte[] nonce, byte[] input, int from, int length) {
        try {
            var cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(
                    mode,
                    new SecretKeySpec(tenantKey, "AES"),
                    new GCMParameterSpec(TAG_BITS, nonce));
            cipher.updateAAD(belongsTo);
            return cipher.doFinal(input, from, length);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the cursor could not be sealed or opened", e);
        }
    }
}
