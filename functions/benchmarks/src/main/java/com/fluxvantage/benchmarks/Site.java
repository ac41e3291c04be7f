package com.fluxvantage.benchmarks;

import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.local.LocalPostgres;
import com.fluxvantage.local.lambda.LambdaFunction;
import com.fluxvantage.local.lambda.LambdaSandbox;
import com.fluxvantage.local.lambda.LambdaSandbox.Invocation;
import com.fluxvantage.local.lambda.Zips;
import com.fluxvantage.migrations.Migrate;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.TestDatabase;
import com.fluxvantage.testing.TestPlatform;

import tools.jackson.databind.json.JsonMapper;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A server with migrated databases, and functions over them, each out of its domain's zip. */
final class Site implements AutoCloseable {
    /** Where an event's idempotency key will stand. */
    static final String KEY = "the-key-of-this-call";

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String TEMPLATE = "fv_benchmark";
    private static final String SUPERUSER = "postgres";
    private static final String SECRET = "a platform secret that only benchmarks ever use";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration KEY_LIFE = Duration.ofDays(1);

    private final Zips zips;
    private final LocalPostgres server;
    private int databases;

    private Site(Zips zips, LocalPostgres server) {
        this.zips = zips;
        this.server = server;
    }

    static Site open(Zips zips, Path build) {
        var server = LocalPostgres.throwAway(build);
        var site = new Site(zips, server);
        site.execute(SUPERUSER, "create database " + TEMPLATE);
        var template = server.dataSource(TEMPLATE, SUPERUSER);
        Migrate.run(template);
        Migrate.installProofKey(
                template, TestDatabase.PROOF_KEY_ID, TestDatabase.PROOF_KEY, KEY_LIFE);
        Migrate.enrollOperator(template, TestDatabase.OPERATOR_SUBJECT);
        return site;
    }

    /** A migrated database of its own with nothing in it. */
    String database() {
        String name = TEMPLATE + "_" + ++databases;
        execute(SUPERUSER, "create database " + name + " template " + TEMPLATE);
        return name;
    }

    /** The operations in this process, over one of the databases. */
    TestPlatform platform(String database) {
        return TestPlatform.over(TestDatabase.at(url(database)));
    }

    LambdaFunction function(Operation<?, ?> operation, String database) {
        return zips.function(operation, environment(operation.name(), database));
    }

    Zips zips() {
        return zips;
    }

    /** The server's log, which only tells statements where a database is made to. */
    Path log() {
        return server.folder().log();
    }

    int port() {
        return server.port();
    }

    String serverVersion() throws SQLException {
        try (var connection = superuser(TEMPLATE)) {
            return "PostgreSQL " + connection.getMetaData().getDatabaseProductVersion();
        }
    }

    Connection superuser(String database) throws SQLException {
        return server.dataSource(database, SUPERUSER).getConnection();
    }

    void execute(String database, String sql) {
        try (var connection = superuser(database);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    long count(String database, String sql) throws SQLException {
        try (var connection = superuser(database);
                var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    private String url(String database) {
        return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(server.port(), database);
    }

    private Map<String, String> environment(String operation, String database) {
        return Map.of(
                "MAIN_CLASS",
                "com.fluxvantage.runtime.FunctionApplication",
                "FV_OPERATION",
                operation,
                "FV_DATABASE_URL",
                url(database),
                "FV_DATABASE_LOGIN",
                "TRUSTED",
                "FV_PLATFORM_SECRET",
                Base64.getEncoder().encodeToString(SECRET.getBytes(StandardCharsets.UTF_8)));
    }

    /** A write as the gateway sends it, with {@link #KEY} for its idempotency key. */
    static String write(Client client, Map<String, String> path, String body) {
        return event(client, path, Map.of(), Map.of("Idempotency-Key", KEY), body);
    }

    static String read(Client client, Map<String, String> query) {
        return event(client, Map.of(), query, Map.of(), "");
    }

    // About as large as a real one: the gateway repeats headers and tells much of the request.
    private static String event(
            Client client,
            Map<String, String> path,
            Map<String, String> query,
            Map<String, String> more,
            String body) {
        var headers = new HashMap<>(more);
        headers.put("Authorization", "Bearer " + "a".repeat(600));
        headers.put("Content-Type", "application/json");
        headers.put("Host", "api.example.org");
        headers.put("User-Agent", "scanner/4.2");
        headers.put("X-Amzn-Trace-Id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700");
        var multi = new HashMap<String, List<String>>();
        query.forEach((name, value) -> multi.put(name, List.of(value)));
        return JSON.writeValueAsString(
                client.event()
                        .withHeaders(headers)
                        .withPathParameters(path)
                        .withMultiValueQueryStringParameters(multi)
                        .withBody(body));
    }

    static String withNewKey(String event) {
        return event.replace(KEY, UUID.randomUUID().toString());
    }

    /**
     * Calls, and waits longer than the function's limit, which a busy machine may exceed. An
     * error's path is always fast: nothing is measured of a call that did not succeed.
     */
    static Invocation call(LambdaSandbox sandbox, String event) {
        var invocation = sandbox.invoke(event, PATIENCE);
        if (invocation.isError()
                || !JSON.readTree(invocation.payload())
                        .path("statusCode")
                        .asString("")
                        .startsWith("2")) {
            throw new IllegalStateException("the call failed: " + invocation.payload());
        }
        return invocation;
    }

    @Override
    public void close() {
        server.close();
    }
}
