package com.fluxvantage.migrations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** As CloudFormation calls it, which hears the outcome at an address of its own. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class MigrationFunctionTest {
    private final BlockingQueue<String> answers = new ArrayBlockingQueue<>(4);
    private HttpServer cloudFormation;

    @BeforeEach
    void listen() throws IOException {
        cloudFormation =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        cloudFormation.createContext(
                "/",
                exchange -> {
                    var body = exchange.getRequestBody().readAllBytes();
                    answers.add(
                            exchange.getRequestMethod()
                                    + " "
                                    + new String(body, StandardCharsets.UTF_8));
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
    void migrates_and_installs_the_key_of_proofs_and_says_so() throws IOException {
        var database = Database.empty();

        function(database).handleRequest(event("Create"));
        function(database).handleRequest(event("Update"));

        assertThat(answers).hasSize(2).allMatch(answer -> answer.startsWith("PUT {"));
        assertThat(answers.remove())
                .contains("\"Status\":\"SUCCESS\"", "\"RequestId\":\"a-request\"");
        try (var session = Session.of(database, "postgres")) {
            assertThat(
                            session.one(
                                    "select count(*) from guard.hmac_key where key_id = ?",
                                    "deployed"))
                    .isEqualTo("1");
        }
    }

    @Test
    void lets_logins_use_tokens_where_the_server_knows_them() throws IOException {
        var database = Database.empty();
        database.run("create role rds_iam");
        try {
            database.run("grant rds_iam to deployer with admin true, inherit false, set false");

            function(database).handleRequest(event("Create"));

            try (var session = Session.of(database, "postgres")) {
                assertThat(
                                session.one(
                                        "select string_agg(rolname, ' ' order by rolname) from"
                                                + " pg_roles where rolname ^@ 'fv_' and"
                                                + " pg_has_role(oid, 'rds_iam', 'member')"))
                        .isEqualTo(
                                session.one(
                                        "select string_agg(rolname, ' ' order by rolname) from"
                                                + " pg_roles where rolname ^@ 'fv_' and rolcanlogin"));
            }
        } finally {
            database.run("drop role rds_iam");
        }
    }

    @Test
    void a_failure_ends_the_deployment_and_tells_no_message_of_the_server() throws IOException {
        var database = Database.migrated();
        database.run(
                "alter table flyway.flyway_schema_history rename column checksum to lost_in_text");

        function(database).handleRequest(event("Update"));

        assertThat(answers.remove())
                .contains("\"Status\":\"FAILED\"", "The migration failed")
                .doesNotContain("checksum", "lost_in_text");
    }

    @Test
    void the_database_stays_when_the_step_goes() throws IOException {
        var database = Database.entered();

        function(database).handleRequest(event("Delete"));

        assertThat(answers.remove()).contains("\"Status\":\"SUCCESS\"");
        try (var session = Session.of(database, "postgres")) {
            assertThat(session.one("select count(*) from wms.tenant")).isEqualTo("2");
        }
    }

    @Test
    void a_person_makes_an_operator_with_it() throws IOException {
        var database = Database.migrated();

        function(database)
                .handleRequest(
                        Map.of(
                                "subject",
                                "op-1",
                                "email",
                                "op@example.org",
                                "name",
                                "An Operator"));

        assertThat(answers).isEmpty();
        try (var session = Session.of(database, "postgres")) {
            assertThat(session.one("select count(*) from wms.member where subject = ?", "op-1"))
                    .isEqualTo("1");
        }
    }

    @Test
    void an_event_that_is_neither_changes_nothing() {
        var function = function(Database.empty());

        assertThatThrownBy(() -> function.handleRequest(Map.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(answers).isEmpty();
    }

    private static MigrationFunction function(Database database) {
        return new MigrationFunction(
                database.deployer(),
                "deployed",
                "a-secret-of-more-than-thirty-two-bytes".getBytes(StandardCharsets.UTF_8));
    }

    private Map<String, Object> event(String type) {
        return Map.of(
                "RequestType", type,
                "ResponseURL",
                        "http://127.0.0.1:" + cloudFormation.getAddress().getPort() + "/answer",
                "StackId", "a-stack",
                "RequestId", "a-request",
                "LogicalResourceId", "Migrated");
    }
}
