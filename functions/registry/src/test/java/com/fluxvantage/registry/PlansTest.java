package com.fluxvantage.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.operation.Caller;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Trigger;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How the server comes to its rows when the tables are full, for every statement of every
 * operation, those inside the stock functions too: by an index that leads with the tenant, and
 * without reading much that it does not need.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
class PlansTest {
    /** More than all that match a search here; less than a tenant's rows of any table. */
    private static final int ROWS_READ = 400;

    /**
     * Few by nature: one house owner of a tenant, one row of the tenant itself, its people, its
     * carriers.
     */
    private static final Set<String> SMALL =
            Set.of("owner", "tenant", "member", "retention_setting", "export", "carrier");

    /**
     * What waits for a person: an index holds nothing else, and what is settled is a thousand times
     * it.
     */
    private static final Pattern FEW_BY_STATE =
            Pattern.compile(
                    "from wms\\.channel_delivery where state (= 'HELD'|in \\('RECEIVED', 'HELD'\\))"
                            + "|from wms\\.shop_cancellation as cancelled where .* and cancelled\\.outcome = 'TOO_LATE'"
                            + "|from wms\\.shop_report as report .* where report\\.state = 'FAILED'");

    private static final Pattern PLAN = Pattern.compile("plan:\n");
    private static final TestPlatform PLATFORM = TestPlatform.start();

    /** So full a tenant is refused one more. */
    private static final String HAS_A_LIMIT = "add-webhook-endpoint";

    private static World world;

    @BeforeAll
    static void a_tenant_at_work_among_full_tables() throws SQLException {
        for (String login : List.of("fv_api", "fv_api_ro")) {
            explain(login);
        }
        var done = new World(PLATFORM.openTenant());
        operations().forEach(operation -> done.play(done.client(), operation));
        world = new World(PLATFORM.openTenant());
        FullTables.fill(PLATFORM.database());
    }

    @Test
    void no_operation_reads_more_of_a_tenant_than_it_needs() throws SQLException {
        long before = PLATFORM.database().logged();
        for (String operation : operations()) {
            int status = world.play(world.client(), operation).status();
            if (!HAS_A_LIMIT.equals(operation)) {
                assertThat(status).as(operation).isBetween(200, 299);
            }
        }

        var plans = plans(before);

        assertThat(plans).hasSizeGreaterThan(10 * operations().size());
        assertThat(findings(plans)).isEmpty();
    }

    @Test
    void a_statement_that_reads_a_whole_tenant_is_told() throws SQLException {
        long before = PLATFORM.database().logged();
        explain("postgres");
        // One of its own: what is loaded for a login is loaded when it begins.
        try (var connection =
                        DriverManager.getConnection(PLATFORM.database().url(), "postgres", "");
                var statement = connection.createStatement()) {
            statement.execute(
                    "select * from wms.item where tenant_id = '%s' and description = 'a pot'"
                            .formatted(world.client().tenant().uuid()));
            statement.execute("select * from wms.item where sku = 'TEA'");
        }

        assertThat(findings(plans(before)))
                .anyMatch(it -> it.contains("item") && it.contains("a pot"))
                .anyMatch(it -> it.contains("item") && it.contains("TEA"));
    }

    private static List<String> operations() {
        return PLATFORM.catalog().all().stream()
                .filter(it ->
                        it.trigger() instanceof Trigger.Http
                                && it.caller() instanceof Caller.Member)
                .map(Operation::name)
                .toList();
    }

    private static void explain(String login) throws SQLException {
        try (var connection = PLATFORM.database().superuser();
                var statement = connection.createStatement()) {
            for (String setting :
                    List.of(
                            "session_preload_libraries = 'auto_explain'",
                            "auto_explain.log_min_duration = 0",
                            "auto_explain.log_nested_statements = on",
                            "auto_explain.log_analyze = on",
                            "auto_explain.log_timing = off",
                            "auto_explain.log_verbose = on",
                            "auto_explain.log_format = 'json'")) {
                statement.execute(
                        "alter role %s in database %s set %s"
                                .formatted(login, connection.getCatalog(), setting));
            }
        }
    }

    private static List<JsonNode> plans(long from) throws SQLException {
        return PLAN.splitAsStream(PLATFORM.database().serverLog(from))
                .skip(1)
                .map(part -> part.lines().takeWhile(line -> line.startsWith("\t")))
                .map(json -> JsonMapper.shared().readTree(json.collect(Collectors.joining("\n"))))
                .toList();
    }

    private static Set<String> findings(List<JsonNode> plans) {
        var findings = new TreeSet<String>();
        for (var plan : plans) {
            for (var node : plan.findParents("Node Type")) {
                if (node.path("Schema").asString("").equals("wms")
                        && isTooWide(node)
                        && !FEW_BY_STATE.matcher(told(plan, node)).find()) {
                    findings.add(told(plan, node));
                }
            }
        }
        return findings;
    }

    private static boolean isTooWide(JsonNode node) {
        String table = node.path("Relation Name").asString("");
        boolean isScan = node.path("Node Type").asString().endsWith("Scan");
        if (!isScan || table.isEmpty() || SMALL.contains(table)) {
            return false;
        }
        return read(node) > ROWS_READ || (read(node) > 0 && !condition(node).contains("tenant_id"));
    }

    private static String condition(JsonNode node) {
        return node.path("Index Cond").asString("") + node.path("Recheck Cond").asString("");
    }

    private static long read(JsonNode node) {
        long once =
                node.path("Actual Rows").asLong(0)
                        + node.path("Rows Removed by Filter").asLong(0)
                        + node.path("Rows Removed by Index Recheck").asLong(0);
        return once * node.path("Actual Loops").asLong(1);
    }

    private static String told(JsonNode plan, JsonNode node) {
        return "%s of %s %s reads %d rows by %s in: %s"
                .formatted(
                        node.path("Node Type").asString(),
                        node.path("Relation Name").asString(),
                        node.path("Index Name").asString(""),
                        read(node),
                        condition(node).isEmpty() ? "nothing" : condition(node),
                        plan.path("Query Text").asString().strip().replaceAll("\\s+", " "));
    }
}
