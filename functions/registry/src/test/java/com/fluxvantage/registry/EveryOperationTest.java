package com.fluxvantage.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.operation.Caller;
import com.fluxvantage.kernel.operation.Mode;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Permission;
import com.fluxvantage.kernel.operation.Trigger;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What holds for every operation, played on two tenants with the same SKUs, codes and numbers. A
 * new operation without a scene fails here by name.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EveryOperationTest {
    private static final TestPlatform PLATFORM = TestPlatform.start();
    private static final Pattern ID = Pattern.compile("\"?([a-z]{3})_[0-9a-hjkmnp-tv-z]{26}\"?");

    /**
     * All that they name may be left out: a number of the tenant's own, then, or that of its label.
     */
    private static final Set<String> NOTHING_IS_SOMETHING =
            Set.of("dispatch-shipment", "set-stock-buffer");

    private static final Pattern SECRET = Pattern.compile("whsec_[A-Za-z0-9+/=]+");

    private static World ours;
    private static World theirs;

    @BeforeAll
    static void two_tenants_at_work() {
        ours = new World(PLATFORM.openTenant());
        theirs = new World(PLATFORM.openTenant());
    }

    static Stream<String> operations() {
        return PLATFORM.catalog().all().stream()
                .filter(it ->
                        it.trigger() instanceof Trigger.Http
                                && it.caller() instanceof Caller.Member)
                .map(Operation::name);
    }

    static Stream<String> writes() {
        return operations().filter(it -> PLATFORM.catalog().named(it).mode() == Mode.WRITES);
    }

    @Test
    @Order(1)
    void every_operation_for_members_has_a_scene() {
        assertThat(ours.scenes().keySet())
                .containsExactlyInAnyOrderElementsOf(operations().toList());
    }

    @ParameterizedTest
    @MethodSource("operations")
    @Order(2)
    void another_tenants_ids_are_as_missing_as_ids_that_never_were(String operation) {
        var scene = theirs.scene(operation);
        var withRandomIds =
                new World.Scene(random(scene.path()), random(scene.query()), random(scene.body()));
        boolean namesSomething =
                !withRandomIds.path().equals(scene.path())
                        || !withRandomIds.query().equals(scene.query())
                        || !withRandomIds.body().equals(scene.body());
        if (!namesSomething) {
            return; // Nothing of the other tenant is named; what it answers is the tenant's own.
        }
        String before = Traces.of(PLATFORM, theirs);

        var foreign = send(operation, scene);
        var invented = send(operation, withRandomIds);

        assertThat(foreign.comparable()).isEqualTo(invented.comparable());
        if (PLATFORM.catalog().named(operation).mode() == Mode.WRITES) {
            assertThat(foreign.status()).isEqualTo(404);
        }
        assertThat(Traces.of(PLATFORM, theirs)).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("operations")
    @Order(3)
    void it_is_refused_without_its_permission_and_changes_nothing(String operation) {
        var needed = PLATFORM.catalog().named(operation).permission().orElseThrow();
        var others = java.util.EnumSet.allOf(Permission.class);
        others.remove(needed);
        String before = Traces.of(PLATFORM, ours);

        var answer = ours.play(ours.client().with(others.toArray(Permission[]::new)), operation);

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.code()).isEqualTo("forbidden");
        assertThat(Traces.of(PLATFORM, ours)).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("writes")
    @Order(3)
    void a_write_asks_for_an_idempotency_key(String operation) {
        var scene = ours.scene(operation);

        var answer =
                ours.client().raw(operation, scene.path(), scene.query(), scene.body(), Map.of());

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("idempotency-key-required");
    }

    @ParameterizedTest
    @MethodSource("operations")
    @Order(3)
    void an_unknown_field_is_refused_and_not_repeated(String operation) {
        var scene = ours.scene(operation);
        boolean isRead = PLATFORM.catalog().named(operation).mode() != Mode.WRITES;
        var query = isRead ? Map.of("tenantid", "other") : Map.<String, String>of();
        String body =
                scene.body()
                        .replaceFirst(
                                "\\}\\s*$",
                                (scene.body().equals("{}") ? "" : ",")
                                        + "\"tenantid\": \"other\"}");

        var answer =
                ours.client()
                        .raw(
                                operation,
                                scene.path(),
                                query,
                                body,
                                Map.of("Idempotency-Key", "unknown-field"));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().toString()).doesNotContain("tenantid");
    }

    @ParameterizedTest
    @MethodSource("writes")
    @Order(3)
    void a_write_takes_no_query_parameters(String operation) {
        var scene = ours.scene(operation);

        var answer =
                ours.client()
                        .raw(
                                operation,
                                scene.path(),
                                Map.of("dry_run", "true"),
                                scene.body(),
                                Map.of("Idempotency-Key", "with-a-query"));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("unknown-parameter");
    }

    @ParameterizedTest
    @MethodSource("writes")
    @Order(3)
    void nothing_in_the_place_of_something_is_no_fault_of_ours(String operation) {
        var scene = ours.scene(operation);
        for (String body :
                List.of(
                        scene.body().replaceAll("\\[.*]", "[null]"),
                        scene.body().replaceAll(":\\s*\"[^\"]*\"", ": null"),
                        scene.body().replaceAll(":\\s*-?[0-9]+", ": null"),
                        "[]",
                        "null",
                        "{")) {
            if (body.equals(scene.body())) {
                continue;
            }
            var answer =
                    ours.client()
                            .raw(
                                    operation,
                                    scene.path(),
                                    Map.of(),
                                    body,
                                    Map.of("Idempotency-Key", "nothing-there"));

            if (NOTHING_IS_SOMETHING.contains(operation)) {
                assertThat(answer.status()).as(body).isLessThan(500);
            } else {
                assertThat(answer.status()).as(body).isIn(400, 422);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("operations")
    @Order(4)
    void its_own_tenant_may_do_it_and_a_write_has_one_effect_per_key(String operation)
            throws SQLException {
        boolean isWrite = PLATFORM.catalog().named(operation).mode() == Mode.WRITES;
        String key = UUID.randomUUID().toString();

        var first = ours.play(ours.client(), operation, key);
        assertThat(first.status()).as(first.json().toString()).isBetween(200, 201);
        if (!isWrite) {
            return;
        }
        String after = Traces.of(PLATFORM, ours);
        var again = ours.play(ours.client().colleague(), operation, key);

        assertThat(again.headers()).containsEntry("Idempotency-Replayed", "true");
        assertThat(again.json()).isEqualTo(first.json());
        assertThat(again.status()).isEqualTo(first.status());
        assertThat(Traces.of(PLATFORM, ours)).isEqualTo(after);
        assertThat(
                        count(
                                "select count(*) from wms.audit_entry where action = ? and"
                                        + " tenant_id = ?",
                                operation,
                                ours))
                .isGreaterThanOrEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("writes")
    @Order(5)
    void the_same_key_for_another_request_is_refused(String operation) {
        String key = UUID.randomUUID().toString();
        var other = operation.equals("adjust-stock") ? "register-item" : "adjust-stock";
        assertThat(theirs.play(theirs.client(), operation, key).status()).isBetween(200, 201);

        var answer = theirs.play(theirs.client(), other, key);

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.code()).isEqualTo("idempotency-key-reused");
    }

    @Test
    @Order(9)
    void the_stock_is_sound_after_all_of_it() throws SQLException {
        try (var checker = PLATFORM.database().as("fv_checker")) {
            assertThat(com.fluxvantage.migrations.StockCheck.run(checker)).isEmpty();
        }
    }

    @Test
    @Order(10)
    void no_secret_that_a_call_has_brought_stands_in_any_table() throws SQLException {
        var brought =
                ours.scenes().values().stream()
                        .map(World.Scene::body)
                        .flatMap(body -> SECRET.matcher(body).results())
                        .map(java.util.regex.MatchResult::group)
                        .collect(java.util.stream.Collectors.toSet());

        assertThat(brought).hasSizeGreaterThan(2);
        assertThat(SecretForms.inTables(PLATFORM, brought)).isEmpty();
    }

    private com.fluxvantage.testing.Answer send(String operation, World.Scene scene) {
        return ours.client()
                .raw(
                        operation,
                        scene.path(),
                        scene.query(),
                        scene.body(),
                        Map.of("Idempotency-Key", UUID.randomUUID().toString()));
    }

    private static Map<String, String> random(Map<String, String> values) {
        var changed = new java.util.HashMap<String, String>();
        values.forEach((name, value) -> changed.put(name, random(value)));
        return changed;
    }

    private static String random(String text) {
        return ID.matcher(text)
                .replaceAll(match -> {
                    String id = match.group().replace("\"", "");
                    String quote = match.group().startsWith("\"") ? "\"" : "";
                    return quote
                            + id.substring(0, 4)
                            + Identifiers.text(new Anything(Uuid7.next())).substring(4)
                            + quote;
                });
    }

    @com.fluxvantage.kernel.id.Prefix("any")
    private record Anything(UUID uuid) implements Identifier {}

    private static int count(String sql, String operation, World world) throws SQLException {
        try (var connection = PLATFORM.database().superuser();
                var statement = connection.prepareStatement(sql)) {
            statement.setString(1, operation);
            statement.setObject(2, world.client().tenant().uuid());
            try (var row = statement.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }
}
