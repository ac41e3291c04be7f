package com.fluxvantage.kernel.outside;

import com.fluxvantage.kernel.tenancy.TenantId;

import java.util.Map;
import java.util.Set;

/**
 * All that a ciphertext is bound to. It is authenticated with the ciphertext and not stored in it,
 * so whoever opens has to know it; the tenant comes from who was let into the transaction, never
 * from what a caller sent.
 */
public record SecretContext(TenantId tenant, SecretPlace place) {
    public static final Set<String> KEYS =
            Set.of("tenant", "table", "row", "column", "purpose", "version");

    /** As KMS is told it, and shows it in the account's trail: it names no secret and no person. */
    public Map<String, String> pairs() {
        return Map.of(
                "tenant", tenant.uuid().toString(),
                "table", place.table(),
                "row", place.row().toString(),
                "column", place.column(),
                "purpose", place.purpose().publicName(),
                "version", String.valueOf(place.version()));
    }
}
