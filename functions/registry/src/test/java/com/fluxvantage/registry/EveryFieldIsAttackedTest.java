package com.fluxvantage.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.kernel.id.Prefix;
import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.operation.Mode;
import com.fluxvantage.kernel.operation.Work;
import com.fluxvantage.runtime.PlatformSecret;
import com.fluxvantage.runtime.ProofMinter;
import com.fluxvantage.runtime.Sandboxes;
import com.fluxvantage.testing.Answer;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.TestDatabase;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A caller with a good token of its own tenant tries every field of every operation: with what
 * belongs to another tenant, with what a database or a page might take for a command, and with a
 * context that the authorizer did not make.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EveryFieldIsAttackedTest {
    /**
     * Reads of an export, which is made of all that a tenant has at its moment, the traces of its
     * calls among it: no two are of the same length. What is in one is compared where exports are.
     */
    private static final Set<String> OF_AN_EXPORT =
            Set.of("get-export", "search-exports", "search-export-files", "mint-download");

    /** Reads whose answers count and date, and have no ids in them. */
    private static final Set<String> NAME_NOTHING =
            Set.of(
                    "search-signing-keys",
                    "preview-retention",
                    "search-retention-runs",
                    "print-label",
                    "get-drift-report",
                    "mint-download");

    private static final TestPlatform PLATFORM = TestPlatform.start();
    private static final Pattern ID = Pattern.compile("\\b([a-z]{3})_([0-9a-hjkmnp-tv-z]{26})\\b");
    private static final Pattern TEXT = Pattern.compile("(\"[a-z_]+\": )\"([^\"]*)\"");
    private static final List<String> COMMANDS =
            List.of(
                    "'; drop table wms.item; --",
                    "x' or '1'='1",
                    "x' union select proof from guard.hmac_key --",
                    "$$; select fv.enter('', 'read'); $$",
                    ":fv_proof",
                    "?",
                    "<sku>",
                    "{{7*7}}",
                    "${jndi:ldap://127.0.0.1/x}",
                    "\\",
                    "%_",
                    "Ω",
                    "../../etc/passwd",
                    "<script>alert(1)</script>");

    private static World ours;
    private static World theirs;
    private static World suspended;

    @BeforeAll
    static void tenants_at_work() {
        ours = new World(PLATFORM.openTenant());
        theirs = new World(PLATFORM.openTenant());
        suspended = new World(PLATFORM.openTenant());
    }

    static Stream<String> operations() {
        return EveryOperationTest.operations();
    }

    static Stream<String> reads() {
        return operations().filter(it -> !isWrite(it));
    }

    private static final Set<String> OF_THE_CHAIN = Set.of("read-audit-chain", "verify-audit");

    /** A link of a moment, which another moment's is not. */
    private static final String OF_A_MOMENT = "print-label";

    private static boolean isWrite(String operation) {
        return PLATFORM.catalog().named(operation).mode() == Mode.WRITES;
    }

    @ParameterizedTest
    @MethodSource("operations")
    @Order(1)
    void one_id_of_another_tenant_among_ones_own_is_as_missing_as_none(String operation) {
        var scene = ours.scene(operation);
        var foreign = idsOf(theirs.scene(operation));
        var places = idsOf(scene);
        assertThat(foreign).hasSameSizeAs(places);
        for (int at = 0; at < places.size(); at++) {
            String theirId = foreign.get(at);
            String before = Traces.of(PLATFORM, theirs);

            var with = send(operation, replaced(scene, places.get(at), theirId));
            var without = send(operation, replaced(scene, places.get(at), invented(theirId)));

            assertThat(with.comparable()).isEqualTo(without.comparable());
            assertThat(with.json().toString()).doesNotContain(theirId);
            if (isWrite(operation)) {
                assertThat(with.status()).isEqualTo(404);
            }
            assertThat(Traces.of(PLATFORM, theirs)).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @MethodSource("reads")
    @Order(2)
    void a_read_lists_counts_and_sums_what_is_its_tenants_alone(String operation)
            throws SQLException {
        var answer = send(operation, ours.scene(operation));
        var foreign = ids(theirs);

        assertThat(answer.status()).isEqualTo(200);
        if (OF_THE_CHAIN.contains(operation)) {
            // Hashes and places, in a form of their own: its tests compare two tenants'.
            assertThat(answer.json().toString())
                    .doesNotContain(theirs.client().tenant().uuid().toString());
            return;
        }
        if (!NAME_NOTHING.contains(operation)) {
            assertThat(idsIn(answer.json().toString())).isNotEmpty();
        }
        assertThat(idsIn(answer.json().toString()))
                .doesNotContainAnyElementsOf(foreign)
                .isSubsetOf(ids(ours));
        // The same world twice: whatever is counted over both would not be the same.
        if (!OF_AN_EXPORT.contains(operation)) {
            assertThat(shapeOf(answer)).isEqualTo(shapeOf(theirs.play(theirs.client(), operation)));
        }
    }

    @ParameterizedTest
    @MethodSource("reads")
    @Order(2)
    void a_cursor_of_another_tenant_opens_no_page(String operation) {
        var scene = theirs.scene(operation);
        var query = new HashMap<>(scene.query());
        query.put("limit", "1");
        query.remove("sku_prefix");
        var page = theirs.client().get(operation, scene.path(), query);
        if (page.status() == 400) {
            return; // It has no pages.
        }
        var cursor = page.json().path("next_cursor").asString("");
        if (cursor.isEmpty()) {
            return; // One page is all that this scene has.
        }
        assertThat(theirs.client().get(operation, scene.path(), with(query, cursor)).status())
                .isEqualTo(200);

        var own = new HashMap<>(ours.scene(operation).query());
        own.put("limit", "1");
        own.remove("sku_prefix");
        var answer = ours.client().get(operation, ours.scene(operation).path(), with(own, cursor));

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().toString()).doesNotContain(cursor);
    }

    private static Map<String, String> with(Map<String, String> query, String cursor) {
        var more = new HashMap<>(query);
        more.put("cursor", cursor);
        return more;
    }

    @ParameterizedTest
    @MethodSource("reads")
    @Order(2)
    void nobody_chooses_how_a_read_sorts_filters_or_widens(String operation) {
        for (var name :
                List.of("sort", "order_by", "filter", "where", "include", "fields", "tenant_id")) {
            var query = new HashMap<>(ours.scene(operation).query());
            query.put(name, "tenant_id; drop table wms.item");

            var answer = ours.client().get(operation, ours.scene(operation).path(), query);

            assertThat(answer.status()).as(name).isEqualTo(400);
            assertThat(answer.code()).isEqualTo("unknown-parameter");
        }
    }

    @ParameterizedTest
    @MethodSource("operations")
    @Order(2)
    void no_header_chooses_a_tenant(String operation) {
        var scene = ours.scene(operation);
        String before = Traces.of(PLATFORM, theirs);
        var headers = new HashMap<String, String>();
        for (var name : List.of("X-Tenant-Id", "tenant", "X-Forwarded-Tenant", "tenant_id")) {
            headers.put(name, theirs.client().tenant().uuid().toString());
        }
        // Without its key a write stops early: the tenant would have been chosen before that.
        var answer =
                ours.client().raw(operation, scene.path(), scene.query(), scene.body(), headers);

        if (isWrite(operation)) {
            assertThat(answer.code()).isEqualTo("idempotency-key-required");
        } else if (OF_AN_EXPORT.contains(operation) || OF_A_MOMENT.equals(operation)) {
            assertThat(answer.status()).isEqualTo(200);
        } else {
            assertThat(answer.comparable()).isEqualTo(send(operation, scene).comparable());
        }
        assertThat(Traces.of(PLATFORM, theirs)).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("operations")
    @Order(3)
    void a_context_that_the_authorizer_did_not_make_opens_nothing(String operation) {
        String before = Traces.of(PLATFORM, ours) + Traces.of(PLATFORM, theirs);
        var forger =
                new ProofMinter(
                        TestDatabase.PROOF_KEY_ID,
                        "a key that the forger has made up for it".getBytes(StandardCharsets.UTF_8),
                        Clock.systemUTC());
        var own = ours.client().event().getRequestContext().getAuthorizer();
        var other = theirs.client().event().getRequestContext().getAuthorizer();
        var selfMade = new HashMap<>(own);
        selfMade.put(
                "proof",
                forger.context(
                                ours.client().tenant(),
                                ours.client().actor(),
                                ours.client().permissions(),
                                com.fluxvantage.runtime.CallerContext.Audience.API)
                        .get("proof"));
        var ownProofForTheirs = new HashMap<>(other);
        ownProofForTheirs.put("proof", own.get("proof"));
        var theirActor = new HashMap<>(own);
        theirActor.put("actor_id", other.get("actor_id"));
        var otherPermissions = new HashMap<>(own);
        otherPermissions.put(
                "permissions",
                PLATFORM.catalog().named(operation).permission().orElseThrow().name());

        try (var sandboxes =
                new Sandboxes(
                        PLATFORM.database().settings(),
                        new PlatformSecret(new byte[32]),
                        Clock.systemUTC(),
                        1,
                        PLATFORM.ports())) {
            for (var invented :
                    List.of(selfMade, ownProofForTheirs, theirActor, otherPermissions)) {
                var scene = ours.scene(operation);
                var event = ours.client().event();
                event.getRequestContext().setAuthorizer(invented);
                var query = new HashMap<String, List<String>>();
                scene.query().forEach((name, value) -> query.put(name, List.of(value)));
                event.withPathParameters(scene.path())
                        .withMultiValueQueryStringParameters(query)
                        .withHeaders(Map.of("Idempotency-Key", UUID.randomUUID().toString()))
                        .withBody(scene.body());

                var answer = sandboxes.invoke(PLATFORM.catalog().named(operation), event);

                assertThat(answer.getStatusCode()).as(answer.getBody()).isEqualTo(401);
                assertThat(answer.getBody()).doesNotContain("proof", "wms", "SQL");
            }
        }
        assertThat(Traces.of(PLATFORM, ours) + Traces.of(PLATFORM, theirs)).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("operations")
    @Order(4)
    void a_text_is_kept_to_the_letter_or_refused_and_never_obeyed(String operation)
            throws SQLException {
        String before = Traces.of(PLATFORM, theirs);
        for (String command : COMMANDS) {
            for (var attacked : everyText(ours.scene(operation), command)) {
                var answer = send(operation, attacked);

                assertThat(answer.status())
                        .as(attacked.toString())
                        .isIn(200, 201, 400, 404, 409, 422);
                if (answer.status() < 300 && isWrite(operation)) {
                    assertThat(Traces.holds(PLATFORM, ours, command))
                            .as(attacked.toString())
                            .isTrue();
                } else if (answer.status() >= 300 && command.length() > 2) {
                    assertThat(answer.json().toString())
                            .doesNotContain(command)
                            .doesNotContain("SQLSTATE", "ERROR:", "syntax error", "wms.");
                }
            }
        }
        assertThat(Traces.of(PLATFORM, theirs)).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("reads")
    @Order(5)
    void what_was_kept_is_read_back_as_a_text(String operation) {
        assertThat(send(operation, ours.scene(operation)).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @MethodSource("operations")
    @Order(6)
    void a_suspended_tenant_reads_and_writes_nothing_but_its_own_end(String operation)
            throws SQLException {
        suspend(suspended.client());
        String before = Traces.of(PLATFORM, suspended);

        var answer = suspended.play(suspended.client(), operation);

        if (PLATFORM.catalog().named(operation).work() == Work.WRITE) {
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.code()).isEqualTo("tenant-state");
        } else {
            assertThat(answer.status()).isBetween(200, 201);
            if (isWrite(operation)) {
                return; // What is about its own data and its own end it may decide all the same.
            }
        }
        if (PLATFORM.catalog().named(operation).mode() == Mode.READS_AUDITED) {
            assertThat(Traces.of(PLATFORM, suspended).lines().filter(it -> !before.contains(it)))
                    .as("that it was read is an entry, and no other table is another")
                    .hasSize(1);
            return;
        }
        assertThat(Traces.of(PLATFORM, suspended)).isEqualTo(before);
    }

    private static void suspend(Client client) throws SQLException {
        try (var connection = PLATFORM.database().superuser();
                var statement =
                        connection.prepareStatement(
                                "update wms.tenant set state = 'suspended' where tenant_id = ?")) {
            statement.setObject(1, client.tenant().uuid());
            statement.executeUpdate();
        }
    }

    private Answer send(String operation, World.Scene scene) {
        return ours.client()
                .raw(
                        operation,
                        scene.path(),
                        scene.query(),
                        scene.body(),
                        isWrite(operation)
                                ? Map.of("Idempotency-Key", UUID.randomUUID().toString())
                                : Map.of());
    }

    /** The scene with the command in place of one text, once for each of its texts. */
    private static List<World.Scene> everyText(World.Scene scene, String command) {
        var scenes = new ArrayList<World.Scene>();
        var quoted = command.replace("\\", "\\\\");
        var found = TEXT.matcher(scene.body());
        while (found.find()) {
            scenes.add(
                    World.Scene.post(
                            scene.path(),
                            scene.body().substring(0, found.start(2))
                                    + quoted
                                    + scene.body().substring(found.end(2))));
        }
        for (var name : scene.query().keySet()) {
            var query = new HashMap<>(scene.query());
            query.put(name, command);
            scenes.add(World.Scene.get(scene.path(), query));
        }
        for (var name : scene.path().keySet()) {
            var path = new HashMap<>(scene.path());
            path.put(name, command);
            scenes.add(new World.Scene(path, scene.query(), scene.body()));
        }
        return scenes;
    }

    private static World.Scene replaced(World.Scene scene, String id, String by) {
        UnaryOperator<String> swap = text -> text.replace(id, by);
        return new World.Scene(
                swapped(scene.path(), swap),
                swapped(scene.query(), swap),
                swap.apply(scene.body()));
    }

    private static Map<String, String> swapped(
            Map<String, String> values, UnaryOperator<String> swap) {
        var changed = new HashMap<String, String>();
        values.forEach((name, value) -> changed.put(name, swap.apply(value)));
        return changed;
    }

    /** The ids that a scene names, path first, by the names of their places. */
    private static List<String> idsOf(World.Scene scene) {
        var text =
                new java.util.TreeMap<>(scene.path()).values()
                        + " "
                        + new java.util.TreeMap<>(scene.query()).values()
                        + " "
                        + scene.body();
        return ID.matcher(text).results().map(match -> match.group()).distinct().toList();
    }

    private static Set<String> idsIn(String text) {
        var ids = new TreeSet<String>();
        ID.matcher(text).results().forEach(match -> ids.add(match.group(2)));
        return ids;
    }

    private static String invented(String id) {
        return id.substring(0, 4) + Identifiers.text(new Anything(Uuid7.next())).substring(4);
    }

    /** Every id that a tenant's rows hold, without its prefix, as answers write it. */
    private static Set<String> ids(World world) throws SQLException {
        var ids = new TreeSet<String>();
        for (var uuid : Traces.uuids(PLATFORM, world)) {
            ids.add(Identifiers.text(new Anything(uuid)).substring(4));
        }
        return ids;
    }

    /** An answer without what differs between two equal worlds. */
    private static String shapeOf(Answer answer) {
        return ID.matcher(answer.comparable())
                .replaceAll("id")
                .replaceAll("Tenant \\d+", "name")
                .replaceAll("\"subject\":\"[0-9a-z]{26}\"", "subject")
                .replaceAll("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z", "instant")
                .replaceAll("\"[a-z]+_fingerprint\":\"[0-9a-f]+\"", "fingerprint")
                .replaceAll("\"tracking\":\"[^\"]*\"", "tracking")
                .replaceAll("\"link\":\"[^\"]*\"", "link")
                .replaceAll("\"next_cursor\":\"[^\"]*\"", "cursor");
    }

    @Prefix("any")
    private record Anything(UUID uuid) implements Identifier {}
}
