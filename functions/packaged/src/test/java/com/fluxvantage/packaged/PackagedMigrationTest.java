package com.fluxvantage.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.testing.TestDatabase;
import com.sun.net.httpserver.HttpServer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** The step of a deployment that migrates, out of its zip, as CloudFormation calls it. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
@NeedsZips
final class PackagedMigrationTest {
    private static final String HANDLER =
            "com.fluxvantage.migrations.MigrationFunction::handleRequest";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final BlockingQueue<String> answers = new ArrayBlockingQueue<>(2);
    private final TestDatabase database = TestDatabase.empty();
    private final HttpServer cloudFormation;

    PackagedMigrationTest() throws IOException {
        cloudFormation =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    @BeforeEach
    void listen() {
        cloudFormation.createContext(
                "/",
                exchange -> {
                    byte[] body = exchange.getRequestBody().readAllBytes();
                    answers.add(new String(body, StandardCharsets.UTF_8));
                    exchange.sendResponseHeaders(200, -1);
                    exchange.close();
                });
        cloudFormation.start();
    }

    @AfterEach
    void stop() {
        cloudFormation.stop(0);
    }

    @Test
    void brings_an_empty_database_up_to_date_and_installs_the_key_of_proofs() throws SQLException {
        String answer = migrate("?user=postgres");

        assertThat(answer).isEqualTo("migrated");
        assertThat(answers).hasSize(1);
        assertThat(answers.remove()).contains("\"Status\":\"SUCCESS\"");
        assertThat(one("select string_agg(key_id, ' ') from guard.hmac_key where key_id = 'zip'"))
                .isEqualTo("zip");
        assertThat(one("select count(*)::text from wms.tenant")).isEqualTo("2");
    }

    @Test
    void a_server_that_cannot_show_who_it_is_is_not_migrated_and_the_deployment_ends()
            throws SQLException {
        String answer = migrate("?user=postgres&sslmode=verify-full&sslrootcert=rds-ca.pem");

        assertThat(answer).startsWith("The migration failed").contains("PSQLException");
        assertThat(answers).hasSize(1);
        assertThat(answers.remove()).contains("\"Status\":\"FAILED\"");
        assertThat(one("select count(*)::text from pg_namespace where nspname = 'flyway'"))
                .isEqualTo("0");
    }

    private String migrate(String parameters) {
        var function =
                Cloud.ZIPS.function(
                        Cloud.ZIPS.ofMigrations(),
                        "migrate",
                        HANDLER,
                        Map.of(
                                "FV_DATABASE_URL",
                                database.url() + parameters,
                                "FV_DATABASE_PASSWORD",
                                "of a server that asks for none",
                                "FV_PROOF_KEY_ID",
                                "zip",
                                "FV_PROOF_KEY",
                                Base64.getEncoder().encodeToString(TestDatabase.PROOF_KEY)),
                        Duration.ofMinutes(2));
        try (var sandbox = function.start()) {
            var invocation = sandbox.invoke(JSON.writeValueAsString(event()));
            assertThat(invocation.isError()).as(invocation.payload()).isFalse();
            return JSON.readValue(invocation.payload(), String.class);
        }
    }

    private Map<String, Object> event() {
        return Map.of(
                "RequestType", "Create",
                "ResponseURL",
                        "http://127.0.0.1:" + cloudFormation.getAddress().getPort() + "/answer",
                "StackId", "a-stack",
                "RequestId", "a-request",
                "ResourceProperties", Map.of("Version", "1"),
                "LogicalResourceId", "Migrated");
    }

    private String one(String sql) throws SQLException {
        try (var connection = database.superuser();
                var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }
}
