package com.fluxvantage.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fluxvantage.kernel.operation.Permission;
import com.fluxvantage.kernel.tenancy.Actor;
import com.fluxvantage.kernel.tenancy.TenantId;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class CallerContextTest {
    private static final TenantId TENANT =
            new TenantId(UUID.fromString("01938f4e-7c11-7abc-8def-0123456789ab"));
    private static final Actor ACTOR = new Actor(Actor.Kind.MEMBER, new UUID(0, 7));
    private static final Set<Permission> PERMISSIONS =
            Set.of(Permission.STOCK_READ, Permission.INBOUND_RECEIVE);
    private static final Clock CLOCK =
            Clock.fixed(Instant.ofEpochSecond(1_764_000_000), ZoneOffset.UTC);
    private static final byte[] KEY =
            "a proof key that only tests ever use".getBytes(StandardCharsets.UTF_8);

    private final Map<String, Object> context =
            new HashMap<>(
                    new ProofMinter("k1", KEY, CLOCK)
                            .context(TENANT, ACTOR, PERMISSIONS, CallerContext.Audience.API));

    @Test
    void is_read_back_as_the_authorizer_wrote_it() {
        var caller = CallerContext.from(context);

        assertThat(caller.tenant()).isEqualTo(TENANT);
        assertThat(caller.actor()).isEqualTo(ACTOR);
        assertThat(caller.permissions()).isEqualTo(PERMISSIONS);
        assertThat(caller.audience()).isEqualTo(CallerContext.Audience.API);
    }

    @Test
    void holds_texts_only_since_the_gateway_passes_nothing_else() {
        assertThat(context.values())
                .allSatisfy(value -> assertThat(value).isInstanceOf(String.class));
    }

    @Test
    void carries_a_proof_of_eleven_fields_that_ends_after_two_minutes() {
        var fields = java.util.List.of(CallerContext.from(context).proof().split("\\.", -1));

        assertThat(fields)
                .hasSize(11)
                .startsWith(
                        "v1",
                        "k1",
                        TENANT.uuid().toString(),
                        "member",
                        "00000000-0000-0000-0000-000000000007",
                        "*",
                        "*",
                        CallerContext.digest(PERMISSIONS),
                        "api",
                        "1764000120");
        assertThat(fields.getLast()).matches("[0-9a-f]{64}");
    }

    @Test
    void digests_permissions_by_their_sorted_public_names() {
        // sha256("inbound:receive,stock:read"), its first 32 hex digits
        assertThat(CallerContext.digest(PERMISSIONS)).isEqualTo("35d3fa7223fe25a6ae65cc20565101c3");
    }

    @Test
    void does_not_print_its_proof() {
        var caller = CallerContext.from(context);

        assertThat(caller.toString()).doesNotContain(caller.proof(), "v1.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tenant", "actor_kind", "actor_id", "audience", "permissions", "proof"})
    void is_refused_when_torn(String missing) {
        context.remove(missing);

        assertThatThrownBy(() -> CallerContext.from(context))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void is_refused_when_absent_and_no_tenant_is_assumed() {
        assertThatThrownBy(() -> CallerContext.from(null))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> CallerContext.from(Map.of()))
                .isInstanceOf(IllegalStateException.class);
    }
}
