package com.fluxvantage.runtime;

import com.fluxvantage.kernel.tenancy.TenantId;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;

import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;

/**
 * One secret, loaded at start, from which a key for each tenant and purpose is derived without a
 * call to anybody (HKDF, RFC 5869, with the tenant as salt).
 */
public final class PlatformSecret {
    private final byte[] secret;

    public PlatformSecret(byte[] secret) {
        if (secret.length < 32) {
            throw new IllegalArgumentException("the platform secret has at least 32 bytes");
        }
        this.secret = secret.clone();
    }

    byte[] key(TenantId tenant, String purpose) {
        var salt =
                ByteBuffer.allocate(16)
                        .putLong(tenant.uuid().getMostSignificantBits())
                        .putLong(tenant.uuid().getLeastSignificantBits())
                        .array();
        try {
            var parameters =
                    HKDFParameterSpec.ofExtract()
                            .addIKM(secret)
                            .addSalt(salt)
                            .thenExpand(purpose.getBytes(StandardCharsets.UTF_8), 32);
            return KDF.getInstance("HKDF-SHA256").deriveData(parameters);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HKDF is part of the platform", e);
        }
    }
}
