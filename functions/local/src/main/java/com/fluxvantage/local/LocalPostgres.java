package com.fluxvantage.local;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import io.zonky.test.db.postgres.util.LinuxUtils;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

import javax.sql.DataSource;

/**
 * A real PostgreSQL 17 for one run of the program, listening on the loopback address alone and
 * trusting whoever comes: for one machine and its user, never for more. It stops with the program,
 * however the program ends, short of a kill; what a kill leaves behind the next start clears up.
 */
public final class LocalPostgres implements AutoCloseable {
    private static final Duration LONGEST_START = Duration.ofSeconds(60);

    /**
     * Bind values and the details of a refused row never reach the log: they hold proofs of
     * identity and people's names.
     */
    private static final Map<String, String> SETTINGS =
            Map.of(
                    "listen_addresses", "127.0.0.1",
                    "unix_socket_directories", "",
                    "max_connections", "300",
                    "log_parameter_max_length", "0",
                    "log_parameter_max_length_on_error", "0",
                    "log_error_verbosity", "terse",
                    "log_min_duration_statement", "-1",
                    "timezone", "UTC",
                    "log_timezone", "UTC");

    private static final Map<String, String> CONNECTION =
            Map.of("PGHOST", "127.0.0.1", "ApplicationName", "fluxvantage");

    private final PostgresFolder folder;
    private final EmbeddedPostgres server;
    private boolean closed;

    private LocalPostgres(PostgresFolder folder, EmbeddedPostgres server) {
        this.folder = folder;
        this.server = server;
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "stop-postgres"));
    }

    /** Fast and forgetful: nothing is forced to the disk, and the data go when the server stops. */
    public static LocalPostgres throwAway(Path build) {
        return start(build, () -> PostgresFolder.throwAway(build.resolve("postgres")));
    }

    /**
     * Survives the program, a kill and a power cut; run again on the same folder it goes on where
     * it was.
     */
    public static LocalPostgres kept(Path data, Path build) {
        return start(build, () -> PostgresFolder.kept(data));
    }

    private interface FolderSource {
        PostgresFolder open() throws IOException, InterruptedException;
    }

    private static synchronized LocalPostgres start(Path build, FolderSource source) {
        if ("root".equals(System.getProperty("user.name")) && !LinuxUtils.isUnshareAvailable()) {
            throw new CannotStart(
                    "PostgreSQL refuses to run as root, and this machine does not let root drop its"
                            + " rights (unshare -U); run the program as an ordinary user.");
        }
        try {
            var folder = source.open();
            try {
                return new LocalPostgres(folder, start(build, folder));
            } catch (IOException | RuntimeException | ExceptionInInitializerError failed) {
                var sentence = "PostgreSQL did not start; " + folder.lastWords();
                folder.close();
                throw new CannotStart(sentence, failed);
            }
        } catch (IOException unusable) {
            throw new CannotStart(
                    "The folder for the database cannot be used: " + reason(unusable), unusable);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new CannotStart("Interrupted before the database was up.", stopped);
        }
    }

    private static String reason(IOException failure) {
        return switch (failure) {
            case AccessDeniedException denied -> "no permission for " + denied.getFile();
            case FileAlreadyExistsException taken -> taken.getFile() + " is not a folder";
            default -> failure.toString();
        };
    }

    private static EmbeddedPostgres start(Path build, PostgresFolder folder) throws IOException {
        var durable = folder.isKept() ? "on" : "off";
        var log = ProcessBuilder.Redirect.appendTo(folder.log().toFile());
        var builder =
                EmbeddedPostgres.builder()
                        .setDataDirectory(folder.cluster())
                        .setCleanDataDirectory(!folder.isKept())
                        .setRegisterShutdownHook(false)
                        .setPort(folder.port())
                        .setPGStartupWait(LONGEST_START)
                        .setOutputRedirector(log)
                        .setErrorRedirector(log)
                        .setLocaleConfig("locale", "C.UTF-8")
                        .setServerConfig("fsync", durable)
                        .setServerConfig("synchronous_commit", durable)
                        .setServerConfig("full_page_writes", durable);
        SETTINGS.forEach(builder::setServerConfig);
        folder.markMaking();
        try (var binaries = PostgresBinaries.open(build)) {
            var server = builder.setOverrideWorkingDirectory(binaries.home().toFile()).start();
            folder.markMade();
            return server;
        }
    }

    public DataSource dataSource(String database, String role) {
        return server.getDatabase(role, database, CONNECTION);
    }

    public String jdbcUrl(String database, String role) {
        return "jdbc:postgresql://127.0.0.1:%d/%s?user=%s"
                .formatted(server.getPort(), database, role);
    }

    /** The form to print: psql and most tools take it as it is. */
    public String url(String database, String role) {
        return "postgresql://%s@127.0.0.1:%d/%s".formatted(role, server.getPort(), database);
    }

    public int port() {
        return server.getPort();
    }

    public PostgresFolder folder() {
        return folder;
    }

    /**
     * Ends open sessions and waits for the server. Harmless the second time; but who comes second
     * waits too, or a program that is told to end while it closes would be gone before its server.
     */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            server.close();
            folder.close();
        } catch (IOException leftBehind) {
            throw new UncheckedIOException(leftBehind);
        }
    }
}
