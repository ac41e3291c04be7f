package com.fluxvantage.testing;

import com.fluxvantage.migrations.Migrate;
import com.fluxvantage.runtime.DatabaseSettings;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One PostgreSQL a test JVM, migrated already; each database is a copy of the migrated one (50 ms).
 * None is dropped, which would take half a second: they end with the server.
 */
public final class TestDatabase {
    public static final String PROOF_KEY_ID = "test";
    public static final byte[] PROOF_KEY =
            "a proof key that only tests ever use".getBytes(StandardCharsets.UTF_8);

    /** The subject of the one operator, who opens tenants. */
    public static final String OPERATOR_SUBJECT = "operator";

    private static final String TEMPLATE = "fv_template";
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static @Nullable EmbeddedPostgres server;

    /** The logins that have the limits of a call. */
    private static final List<String> PATIENT =
            List.of(
                    "fv_api",
                    "fv_api_ro",
                    "fv_platform",
                    "fv_authorizer",
                    "fv_receiver",
                    "fv_dispatch");

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final String url;
    private final DatabaseSettings settings;

    private TestDatabase(String url, String throughPooler) {
        this.url = url;
        this.settings = new DatabaseSettings(throughPooler, DatabaseSettings.Login.TRUSTED);
    }

    /**
     * One that somebody else has made and migrated, with the proof key and the operator of here.
     */
    public static TestDatabase at(String url) {
        return new TestDatabase(url, url);
    }

    public static TestDatabase create() {
        return create("template " + TEMPLATE + " strategy file_copy");
    }

    /**
     * As {@link #create()}, for tests that are not about the limits of calls: on a machine that
     * does other work as well, a statement that takes a moment may take some seconds.
     */
    static TestDatabase patient() {
        String name = make("template " + TEMPLATE + " strategy file_copy");
        try (var connection = superuser("postgres");
                var statement = connection.createStatement()) {
            for (var role : PATIENT) {
                for (var limit : List.of("statement_timeout", "transaction_timeout")) {
                    statement.addBatch(
                            "alter role %s in database %s set %s = '%ds'"
                                    .formatted(role, name, limit, PATIENCE.toSeconds()));
                }
            }
            statement.executeBatch();
            return new TestDatabase(
                    url(name), throughPooler(name) + "?socketTimeout=" + 2 * PATIENCE.toSeconds());
        } catch (SQLException e) {
            throw new IllegalStateException("limits can be set", e);
        }
    }

    /** Nothing in it yet. */
    public static TestDatabase empty() {
        return create("");
    }

    private static TestDatabase create(String how) {
        String name = make(how);
        return new TestDatabase(url(name), throughPooler(name));
    }

    private static String make(String how) {
        String name = "fv_test_" + COUNT.incrementAndGet();
        try (var connection = superuser("postgres");
                var statement = connection.createStatement()) {
            statement.execute("create database " + name + " " + how);
            return name;
        } catch (SQLException e) {
            throw new IllegalStateException("a test database can be made", e);
        }
    }

    public String url() {
        return url;
    }

    /** How the product reaches it: through the pooler, in a run that has one. */
    public DatabaseSettings settings() {
        return settings;
    }

    /** Sees and may do everything: for planting faults and for looking behind the policies. */
    public Connection superuser() throws SQLException {
        return SpareConnections.lend(url, "postgres");
    }

    /** As one of the product's own logins. */
    public Connection as(String role) throws SQLException {
        return SpareConnections.lend(url, role);
    }

    /** What the server has been sent so far, if one was started. */
    static synchronized Optional<StatementLog> statements() {
        if (server == null) {
            return Optional.empty();
        }
        try (var connection = superuser("postgres")) {
            return Optional.of(StatementLog.of(connection));
        } catch (SQLException e) {
            throw new IllegalStateException("the server says where it writes", e);
        }
    }

    /** All that the server has logged until now, about any of its databases. */
    public String serverLog() throws SQLException {
        return serverLog(0);
    }

    /**
     * As above.
     *
     * @param from so many bytes are left out: what {@link #logged} has answered before
     */
    public String serverLog(long from) throws SQLException {
        try (var connection = superuser()) {
            return new String(new ServerLog(connection, ".log").from(from), StandardCharsets.UTF_8);
        }
    }

    /** How many bytes the server has logged until now. */
    public long logged() throws SQLException {
        try (var connection = superuser()) {
            return new ServerLog(connection, ".log").length();
        }
    }

    private static Connection superuser(String database) throws SQLException {
        return SpareConnections.lend(url(database), "postgres");
    }

    private static String throughPooler(String database) {
        return PgBouncer.before(url(database), server().getPort());
    }

    private static String url(String database) {
        return "jdbc:postgresql://localhost:" + server().getPort() + "/" + database;
    }

    private static synchronized EmbeddedPostgres server() {
        if (server == null) {
            try {
                var folder = MigratedCluster.copy(TestDatabase::migrate);
                var started = start(folder);
                Runtime.getRuntime().addShutdownHook(new Thread(() -> end(started, folder)));
                server = started;
                letManyRelaysIn(started);
                Migrate.installProofKey(
                        started.getDatabase("postgres", TEMPLATE),
                        PROOF_KEY_ID,
                        PROOF_KEY,
                        Duration.ofDays(1));
            } catch (IOException e) {
                throw new UncheckedIOException("PostgreSQL starts on this machine", e);
            }
        }
        return server;
    }

    // The product has one relay, and its login ten connections; here each test has a relay, whose
    // connection ends when its memory is wanted.
    private static void letManyRelaysIn(EmbeddedPostgres started) {
        try (var connection = started.getPostgresDatabase().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("alter role fv_dispatch connection limit -1");
        } catch (SQLException e) {
            throw new IllegalStateException("a limit can be lifted", e);
        }
    }

    private static EmbeddedPostgres start(Path folder) throws IOException {
        return EmbeddedPostgres.builder()
                .setDataDirectory(folder)
                .setCleanDataDirectory(false)
                .setRegisterShutdownHook(false)
                .setPGStartupWait(Duration.ofSeconds(60))
                // Those of a test that is over go with the garbage, some hundred tests later.
                .setServerConfig("max_connections", "600")
                .setServerConfig("log_parameter_max_length", "0")
                .setServerConfig("log_error_verbosity", "terse")
                .setServerConfig("logging_collector", "on")
                .setServerConfig("log_rotation_age", "0")
                .setServerConfig("log_rotation_size", "0")
                .setServerConfig("log_destination", "stderr,jsonlog")
                .setServerConfig("log_filename", ServerLog.NAME + ".log")
                .setServerConfig("log_statement", "all")
                // Hundreds of databases, each visited once a minute: for nothing.
                .setServerConfig("autovacuum", "off")
                .setServerConfig("fsync", "off")
                .setServerConfig("synchronous_commit", "off")
                .setServerConfig("full_page_writes", "off")
                .start();
    }

    private static void migrate(Path folder) throws IOException {
        try (var started = start(folder)) {
            try (var connection = started.getPostgresDatabase().getConnection();
                    var statement = connection.createStatement()) {
                statement.execute("create database " + TEMPLATE);
            } catch (SQLException e) {
                throw new IllegalStateException("a database can be made", e);
            }
            var template = started.getDatabase("postgres", TEMPLATE);
            Migrate.run(template);
            Migrate.enrollOperator(template, OPERATOR_SUBJECT);
        }
        MigratedCluster.remove(folder.resolve("log"));
    }

    private static void end(EmbeddedPostgres server, Path folder) {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        MigratedCluster.remove(folder);
    }
}
