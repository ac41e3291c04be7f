package com.fluxvantage.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fluxvantage.kernel.operation.Permission;
import com.fluxvantage.kernel.tenancy.Actor;
import com.fluxvantage.kernel.tenancy.TenantId;
import com.fluxvantage.testing.TestDatabase;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.MDC;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class TenantTransactionTest {
    private static final TenantId A =
            new TenantId(UUID.fromString("01938f4e-7c11-7abc-8def-00000000000a"));
    private static final TenantId B =
            new TenantId(UUID.fromString("01938f4e-7c11-7abc-8def-00000000000b"));

    private final House house = new House();

    TenantTransactionTest() {
        for (var tenant : new TenantId[] {A, B}) {
            house.execute(
                    "insert into wms.tenant (tenant_id, name, state, opened_at) values ('%s', 'A tenant', 'active', now())"
                            .formatted(tenant.uuid()));
        }
    }

    @AfterEach
    void leave() {
        house.close();
    }

    @Test
    void fails_closed_where_no_tenant_was_entered() {
        var transaction =
                new TenantTransaction(
                        new GuardedConnection(
                                house.database().settings().opener("fv_api", "test")));

        var found =
                catchThrowableOfType(
                        ProblemFound.class,
                        () ->
                                transaction.runOutsideTenants(
                                        OwnerOperations.ADD,
                                        (handle, _) ->
                                                handle.createQuery("select count(*) from wms.owner")
                                                        .mapTo(Long.class)
                                                        .one()));

        assertThat(found.problem().status()).isEqualTo(401);
    }

    @Test
    void opens_no_connection_for_an_event_without_a_callers_context() {
        var sandbox =
                new OperationFunction<>(
                        OwnerOperations.ADD,
                        new TenantTransaction(
                                new GuardedConnection(() -> {
                                    throw new AssertionError("a connection was opened");
                                })),
                        House.SECRET,
                        Clock.systemUTC());

        assertThat(
                        sandbox.apply(
                                        House.add(House.caller(A), "key-0001", "A")
                                                .withRequestContext(null))
                                .getStatusCode())
                .isEqualTo(500);
    }

    static Stream<Arguments> contextsThatAreNotTheAuthorizers() {
        var old = Clock.offset(Clock.systemUTC(), Duration.ofSeconds(-121));
        byte[] otherKey = "another key that nobody has installed".getBytes(StandardCharsets.UTF_8);
        var api = CallerContext.Audience.API;
        String proofOfA = House.PROOFS.mint(A, House.ACTOR, House.PERMISSIONS, api);
        return Stream.of(
                Arguments.of(
                        "expired",
                        A,
                        new ProofMinter(TestDatabase.PROOF_KEY_ID, TestDatabase.PROOF_KEY, old)
                                .mint(A, House.ACTOR, House.PERMISSIONS, api)),
                Arguments.of(
                        "made with another key",
                        A,
                        new ProofMinter(TestDatabase.PROOF_KEY_ID, otherKey, Clock.systemUTC())
                                .mint(A, House.ACTOR, House.PERMISSIONS, api)),
                Arguments.of(
                        "of an unknown key",
                        A,
                        new ProofMinter("unknown", TestDatabase.PROOF_KEY, Clock.systemUTC())
                                .mint(A, House.ACTOR, House.PERMISSIONS, api)),
                Arguments.of("of another tenant", B, proofOfA),
                Arguments.of(
                        "altered to another tenant",
                        B,
                        proofOfA.replace(A.uuid().toString(), B.uuid().toString())),
                Arguments.of(
                        "for other permissions",
                        A,
                        House.PROOFS.mint(A, House.ACTOR, Set.of(Permission.CATALOG_READ), api)),
                Arguments.of(
                        "of another actor",
                        A,
                        House.PROOFS.mint(
                                A,
                                new Actor(Actor.Kind.MEMBER, new UUID(0, 8)),
                                House.PERMISSIONS,
                                api)),
                Arguments.of(
                        "of another kind of actor",
                        A,
                        House.PROOFS.mint(
                                A,
                                new Actor(Actor.Kind.OPERATOR, House.ACTOR.id()),
                                House.PERMISSIONS,
                                api)),
                Arguments.of(
                        "for another door",
                        A,
                        House.PROOFS.mint(
                                A,
                                House.ACTOR,
                                House.PERMISSIONS,
                                CallerContext.Audience.PLATFORM)),
                Arguments.of("cut short", A, proofOfA.substring(0, proofOfA.length() - 1)),
                Arguments.of("with a field more", A, proofOfA + ".x"),
                Arguments.of("of another version", A, proofOfA.replaceFirst("v1", "v2")),
                Arguments.of("empty", A, ""),
                Arguments.of("no proof at all", A, "' or true --"));
    }

    @ParameterizedTest(name = "a proof {0}")
    @MethodSource("contextsThatAreNotTheAuthorizers")
    void answers_401_to_a_context_that_is_not_the_authorizers(
            String name, TenantId tenant, String proof) {
        var caller =
                new CallerContext(
                        tenant, House.ACTOR, CallerContext.Audience.API, House.PERMISSIONS, proof);

        var read = house.sandbox(OwnerOperations.COUNT).call(House.event(caller));
        var write = house.sandbox(OwnerOperations.ADD).call(House.add(caller, "key-0001", "A"));

        assertThat(read.said()).as(name).isEqualTo("401 unauthenticated");
        assertThat(write.said()).isEqualTo("401 unauthenticated");
        assertThat(write.json().toString()).doesNotContain("proof", tenant.uuid().toString());
        assertThat(house.traces(House.caller(A))).isEqualTo("0 0 0 0");
        assertThat(house.traces(House.caller(B))).isEqualTo("0 0 0 0");
    }

    @Test
    void goes_on_serving_good_callers_after_a_bad_one() {
        var sandbox = house.sandbox(OwnerOperations.COUNT);
        var forged =
                new CallerContext(
                        A,
                        House.ACTOR,
                        CallerContext.Audience.API,
                        House.PERMISSIONS,
                        House.caller(B).proof());

        assertThat(sandbox.call(House.event(forged)).status()).isEqualTo(401);
        assertThat(sandbox.call(House.event(House.caller(A))).status()).isEqualTo(200);
    }

    @Test
    void lets_postgresql_refuse_a_write_in_an_operation_that_says_it_reads() {
        var answer = house.sandbox(OwnerOperations.MEDDLE).call(House.event(House.caller(A)));

        assertThat(answer.said()).isEqualTo("500 internal");
        assertThat(answer.json().toString()).doesNotContain("read-only", "wms", "insert");
        assertThat(house.traces(House.caller(A))).isEqualTo("0 0 0 0");
    }

    @Test
    void shows_each_tenant_its_own_rows_on_one_connection() {
        house.sandbox(OwnerOperations.ADD).call(House.add(House.caller(A), "key-0001", "A"));
        var sandbox = house.sandbox(OwnerOperations.COUNT);

        assertThat(owners(sandbox, A)).isEqualTo(1);
        assertThat(owners(sandbox, B)).isZero();
        assertThat(owners(sandbox, A)).isEqualTo(1);
    }

    @Test
    void leaves_no_tenant_behind_on_the_connection() throws SQLException {
        var sandbox = house.sandbox(OwnerOperations.ADD);
        sandbox.call(House.add(House.caller(A), "key-0001", "A"));
        sandbox.call(House.add(House.caller(A), "key-0002", "RESERVED"));

        var connection = sandbox.connection().get();
        assertThat(connection.getAutoCommit()).isTrue();
        try (var statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.executeQuery("select fv.tenant()"))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            e -> assertThat(e.getSQLState()).isEqualTo("28000"));
            assertThatThrownBy(() -> statement.executeQuery("select count(*) from wms.owner"))
                    .isInstanceOf(SQLException.class);
        }
    }

    @Test
    void leaves_nothing_in_the_logging_context_for_the_next_call() {
        var sandbox = house.sandbox(OwnerOperations.COUNT);
        OwnerOperations.INSIDE.set(_ -> MDC.put("recipient", "Ada Lovelace"));
        sandbox.call(House.event(House.caller(A)));

        assertThat(MDC.get("recipient")).isNull();
        OwnerOperations.INSIDE.set(_ -> {
            MDC.put("recipient", "Ada Lovelace");
            throw new IllegalStateException("and then it fails");
        });
        sandbox.call(House.event(House.caller(A)));
        assertThat(MDC.get("recipient")).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "active, 200, 201",
        "trial, 200, 201",
        "past_due, 200, 201",
        "suspended, 200, 403",
        "wind_down, 200, 403",
        "deleting, 403, 403",
        "deleted, 403, 403"
    })
    void lets_a_tenants_state_decide_about_reading_and_writing(String state, int read, int write) {
        var caller = House.caller(house.openTenant(state));

        var reading = house.sandbox(OwnerOperations.COUNT).call(House.event(caller));
        var writing = house.sandbox(OwnerOperations.ADD).call(House.add(caller, "key-0001", "A"));

        assertThat(reading.status()).isEqualTo(read);
        assertThat(writing.status()).isEqualTo(write);
        assertThat(java.util.List.of(reading, writing))
                .filteredOn(answer -> answer.status() == 403)
                .extracting(House.Answered::code)
                .allMatch("tenant-state"::equals);
        assertThat(house.traces(caller)).isEqualTo(write == 201 ? "1 1 1 1" : "0 0 0 0");
    }

    private static long owners(House.Sandbox sandbox, TenantId tenant) {
        return sandbox.call(House.event(House.caller(tenant))).json().path("owners").asLong(-1);
    }
}
