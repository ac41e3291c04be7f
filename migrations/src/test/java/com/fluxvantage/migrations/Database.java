package com.fluxvantage.migrations;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

/**
 * A migrated database for one test class: one server a test JVM, migrated once by a login that is
 * no superuser, cloned for each class. None is dropped: they end with the server.
 */
final class Database {
    /** Creates roles and owns the database, and is no superuser: what a managed server gives us. */
    static final String DEPLOYER = "deployer";

    private static final Path IN_MEMORY = Path.of("/dev/shm");
    private static final long ROOM = 8L << 30;

    private static final AtomicInteger COUNT = new AtomicInteger();
    private static @Nullable EmbeddedPostgres server;

    private final String name;
    private final Map<String, Queue<Connection>> idle = new ConcurrentHashMap<>();

    private Database(String name) {
        this.name = name;
    }

    /** A clone of the migrated database. */
    static Database migrated() {
        var clone = named("owner " + DEPLOYER + " template fv_template strategy file_copy");
        // Rights on the database itself are not cloned with it.
        clone.run("revoke all on database " + clone.name + " from public");
        clone.run(
                "grant connect on database %s to %s"
                        .formatted(
                                clone.name,
                                "fv_migrator, fv_api, fv_api_ro, fv_platform, fv_authorizer,"
                                        + " fv_worker, fv_dispatch, fv_checker,"
                                        + " fv_eraser, fv_verifier"));
        return clone;
    }

    /** Nothing in it yet. */
    static Database empty() {
        return named("owner " + DEPLOYER);
    }

    /** With the key that {@link Proof} signs with. */
    static Database entered() {
        var clone = migrated();
        Migrate.installProofKey(
                clone.deployer(),
                Proof.KEY_ID,
                Proof.SECRET.getBytes(StandardCharsets.UTF_8),
                Duration.ofHours(1));
        return clone;
    }

    DataSource owner(String login) {
        return server().getDatabase(login, name);
    }

    DataSource deployer() {
        return server().getDatabase(DEPLOYER, name);
    }

    /** Sees and may do everything: for planting faults and for looking behind the policies. */
    Connection superuser() {
        return as("postgres");
    }

    /**
     * One that an earlier caller is done with, or a new one: opening costs more than most
     * statements.
     */
    Connection idle(String role) {
        var waiting = idle.computeIfAbsent(role, _ -> new ConcurrentLinkedQueue<>()).poll();
        return waiting == null ? as(role) : waiting;
    }

    void giveBack(String role, Connection connection) {
        idle.computeIfAbsent(role, _ -> new ConcurrentLinkedQueue<>()).add(connection);
    }

    Connection as(String role) {
        try {
            return DriverManager.getConnection(url(name), role, "");
        } catch (SQLException e) {
            throw new IllegalStateException(role + " may connect", e);
        }
    }

    /** One or more statements of the superuser. */
    void run(String sql) {
        try (var connection = superuser();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    private static Database named(String how) {
        var name = "fv_" + COUNT.incrementAndGet();
        execute("create database " + name + " " + how);
        return new Database(name);
    }

    private static void execute(String sql) {
        try (var connection = DriverManager.getConnection(url("postgres"), "postgres", "");
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    private static String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + server().getPort() + "/" + database;
    }

    // In memory where there is room: its databases are a thousand files each, which cost a disk's
    // file
    // system more than they cost PostgreSQL. What a killed process leaves is swept by the name.
    private static Path folder() throws IOException {
        var name = "fluxvantage-test-" + ProcessHandle.current().pid() + "-";
        return Files.isWritable(IN_MEMORY) && IN_MEMORY.toFile().getUsableSpace() >= ROOM
                ? Files.createTempDirectory(IN_MEMORY, name)
                : Files.createTempDirectory(name);
    }

    private static synchronized EmbeddedPostgres server() {
        if (server == null) {
            try {
                server =
                        EmbeddedPostgres.builder()
                                .setDataDirectory(folder())
                                .setPGStartupWait(Duration.ofSeconds(60))
                                .setServerConfig("max_connections", "100")
                                .setServerConfig("log_parameter_max_length", "0")
                                .setServerConfig("fsync", "off")
                                .setServerConfig("synchronous_commit", "off")
                                .setServerConfig("full_page_writes", "off")
                                .setServerConfig("deadlock_timeout", "100ms")
                                .start();
            } catch (IOException e) {
                throw new UncheckedIOException("PostgreSQL starts on this machine", e);
            }
            execute("create role " + DEPLOYER + " login createrole nosuperuser");
            execute("create database fv_template owner " + DEPLOYER);
            Migrate.run(server.getDatabase(DEPLOYER, "fv_template"));
        }
        return server;
    }
}
