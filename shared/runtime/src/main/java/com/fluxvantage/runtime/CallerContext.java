package com.fluxvantage.runtime;

import com.fluxvantage.kernel.operation.Permission;
import com.fluxvantage.kernel.tenancy.Actor;
import com.fluxvantage.kernel.tenancy.TenantId;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * What the authorizer found out about a caller, as the gateway passes it on: never read from
 * anything that the caller itself can write.
 */
public record CallerContext(
        TenantId tenant,
        Actor actor,
        Audience audience,
        Set<Permission> permissions,
        String proof) {
    /**
     * The door that a proof opens: a tenant's own operations, or those of the platform's people.
     */
    public enum Audience {
        API,
        PLATFORM
    }

    @Override
    public String toString() {
        return "CallerContext[" + actor.reference() + "]";
    }

    /** The first 32 hex digits of SHA-256 over the sorted names: what the proof is bound to. */
    String permissionDigest() {
        return digest(permissions);
    }

    static String digest(Set<Permission> permissions) {
        String names =
                permissions.stream()
                        .map(Permission::publicName)
                        .sorted()
                        .collect(Collectors.joining(","));
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(names.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    Map<String, Object> asAuthorizerContext() {
        var context = new LinkedHashMap<String, Object>();
        context.put("tenant", tenant.uuid().toString());
        context.put("actor_kind", actor.kind().name());
        context.put("actor_id", actor.id().toString());
        context.put("audience", audience.name());
        context.put(
                "permissions",
                new TreeSet<>(permissions)
                        .stream().map(Permission::name).collect(Collectors.joining(" ")));
        context.put("proof", proof);
        return context;
    }

    /** A context that is absent or torn is a wiring fault: no tenant is ever assumed. */
    static CallerContext from(@Nullable Map<String, Object> authorizer) {
        if (authorizer == null) {
            throw new IllegalStateException("the gateway passed no authorizer context");
        }
        return new CallerContext(
                new TenantId(UUID.fromString(text(authorizer, "tenant"))),
                new Actor(
                        Actor.Kind.valueOf(text(authorizer, "actor_kind")),
                        UUID.fromString(text(authorizer, "actor_id"))),
                Audience.valueOf(text(authorizer, "audience")),
                Arrays.stream(text(authorizer, "permissions").split(" "))
                        .filter(name -> !name.isEmpty())
                        .map(Permission::valueOf)
                        .collect(Collectors.toUnmodifiableSet()),
                text(authorizer, "proof"));
    }

    private static String text(Map<String, Object> context, String name) {
        if (context.get(name) instanceof String text) {
            return text;
        }
        throw new IllegalStateException("the authorizer context has no " + name);
    }
}
