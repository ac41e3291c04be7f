package com.fluxvantage.runtime;

import com.fluxvantage.kernel.operation.Permission;
import com.fluxvantage.kernel.tenancy.Actor;
import com.fluxvantage.kernel.tenancy.TenantId;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Mints tenant proofs: what lets a function enter one tenant for two minutes, checked by the
 * database itself. Fields are joined by dots and end with an HMAC-SHA256 over the rest.
 */
public final class ProofMinter {
    static final Duration LIFE = Duration.ofMinutes(2);

    private final String keyId;
    private final byte[] key;
    private final Clock clock;

    /**
     * The clock is the machine's own: proofs are judged by the database's clock, never by business
     * time.
     */
    public ProofMinter(String keyId, byte[] key, Clock clock) {
        this.keyId = keyId;
        this.key = key.clone();
        this.clock = clock;
    }

    /** What the gateway passes to every function for this caller. */
    public Map<String, Object> context(
            TenantId tenant,
            Actor actor,
            Set<Permission> permissions,
            CallerContext.Audience audience) {
        return new CallerContext(
                        tenant,
                        actor,
                        audience,
                        permissions,
                        mint(tenant, actor, permissions, audience))
                .asAuthorizerContext();
    }

    String mint(
            TenantId tenant,
            Actor actor,
            Set<Permission> permissions,
            CallerContext.Audience audience) {
        String fields =
                String.join(
                        ".",
                        "v1",
                        keyId,
                        tenant.uuid().toString(),
                        actor.kind().name().toLowerCase(Locale.ROOT),
                        actor.id().toString(),
                        "*",
                        "*",
                        CallerContext.digest(permissions),
                        audience.name().toLowerCase(Locale.ROOT),
                        Long.toString(clock.instant().plus(LIFE).getEpochSecond()));
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return fields
                    + "."
                    + HexFormat.of()
                            .formatHex(mac.doFinal(fields.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HMAC is part of the platform", e);
        }
    }
}
