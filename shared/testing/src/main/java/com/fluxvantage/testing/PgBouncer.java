package com.fluxvantage.testing;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A pooler in transaction mode between the product and the test server, for a run that asks for one
 * by {@value #POOL}: the number of server connections that all callers of one login share. Nothing
 * is reset between two transactions, so whatever one leaves behind, the next finds.
 */
public final class PgBouncer {
    /** The environment variable with the size of the pool. */
    public static final String POOL = "FV_PGBOUNCER_POOL";

    private static final List<Path> PLACES =
            List.of(Path.of("/usr/sbin/pgbouncer"), Path.of("/usr/local/bin/pgbouncer"));
    private static final Duration LONGEST_START = Duration.ofSeconds(20);
    private static @Nullable PgBouncer running;

    private final int port;

    private PgBouncer(int port) {
        this.port = port;
    }

    /** How many server connections a login has in this run, if it has a pooler at all. */
    public static Optional<Integer> pool() {
        return Optional.ofNullable(System.getenv(POOL)).map(Integer::valueOf);
    }

    /** The URL that goes through the pooler, if this run has one. */
    static String before(String url, int serverPort) {
        return pool().map(size -> started(serverPort, size).through(url, serverPort)).orElse(url);
    }

    private String through(String url, int serverPort) {
        return url.replace("localhost:" + serverPort, "127.0.0.1:" + port);
    }

    private static synchronized PgBouncer started(int serverPort, int size) {
        if (running == null) {
            running = start(serverPort, size);
        }
        return running;
    }

    private static PgBouncer start(int serverPort, int size) {
        var program =
                PLACES.stream()
                        .filter(Files::isExecutable)
                        .findFirst()
                        .orElseThrow(() -> new AssertionError("PgBouncer is in none of " + PLACES));
        try {
            int port = freePort();
            // It gives up root, so it must be able to read what root has written.
            var folder =
                    Files.createTempDirectory(
                            "pgbouncer",
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rwxr-xr-x")));
            Files.writeString(
                    folder.resolve("users"),
                    """
                    "fv_api" ""
                    "fv_api_ro" ""
                    "fv_platform" ""
                    "fv_authorizer" ""
                    "fv_worker" ""
                    "fv_dispatch" ""
                    "fv_checker" ""
                    """);
            var settings =
                    Files.writeString(
                            folder.resolve("settings"),
                            """
                            [databases]
                            * = host=127.0.0.1 port=%d
                            [pgbouncer]
                            listen_addr = 127.0.0.1
                            listen_port = %d
                            unix_socket_dir =
                            auth_type = trust
                            auth_file = %s
                            pool_mode = transaction
                            default_pool_size = %d
                            max_client_conn = 400
                            ignore_startup_parameters = extra_float_digits
                            """
                                    .formatted(serverPort, port, folder.resolve("users"), size));
            var command = new ArrayList<>(List.of(program.toString(), "-q"));
            if (System.getProperty("user.name").equals("root")) {
                command.addAll(List.of("-u", "nobody"));
            }
            command.add(settings.toString());
            var process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(folder.resolve("log").toFile())
                            .start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
            await(process, port, folder.resolve("log"));
            return new PgBouncer(port);
        } catch (IOException e) {
            throw new UncheckedIOException("PgBouncer starts on this machine", e);
        }
    }

    private static int freePort() throws IOException {
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    private static void await(Process process, int port, Path log) throws IOException {
        long end = System.nanoTime() + LONGEST_START.toNanos();
        while (process.isAlive() && System.nanoTime() < end) {
            try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return;
            } catch (IOException _) {
                Thread.onSpinWait(); // It is not listening yet.
            }
        }
        throw new AssertionError("PgBouncer did not start: " + Files.readString(log));
    }
}
