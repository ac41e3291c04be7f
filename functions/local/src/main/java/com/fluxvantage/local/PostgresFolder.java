package com.fluxvantage.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;

/**
 * The folder of one database server: its files in {@code cluster}, its log, its port, and the day
 * it was made on. While this object is open no other program can use the folder.
 */
public final class PostgresFolder implements AutoCloseable {
    private static final String MAJOR_VERSION = "17";

    private final Path path;
    private final boolean kept;
    private final FolderLock lock;

    private PostgresFolder(Path path, boolean kept, FolderLock lock) {
        this.path = path;
        this.kept = kept;
        this.lock = lock;
    }

    static PostgresFolder kept(Path data) throws IOException, InterruptedException {
        Files.createDirectories(data);
        // The one name under which a server left behind is recognised.
        var path = data.toRealPath();
        var lock =
                FolderLock.tryTake(path)
                        .orElseThrow(() ->
                                new CannotStart(
                                        ("Another program is at work in %s;"
                                                        + " end it first, or name another folder.")
                                                .formatted(path)));
        var folder = new PostgresFolder(path, true, lock);
        try {
            folder.makeReady();
        } catch (IOException | InterruptedException | RuntimeException unusable) {
            lock.close();
            throw unusable;
        }
        return folder;
    }

    /** A new folder, after those of killed programs are swept away. */
    static PostgresFolder throwAway(Path parent) throws IOException, InterruptedException {
        Files.createDirectories(parent);
        // No other program may take a folder for abandoned between its making and its locking.
        try (var _ = FolderLock.await(parent)) {
            sweep(parent);
            var path = Files.createTempDirectory(parent.toRealPath(), "run-");
            return new PostgresFolder(path, false, FolderLock.tryTake(path).orElseThrow());
        }
    }

    private static void sweep(Path parent) throws IOException, InterruptedException {
        List<Path> runs;
        try (var entries = Files.list(parent.toRealPath())) {
            runs = entries.filter(Files::isDirectory).toList();
        }
        for (var run : runs) {
            var lock = FolderLock.tryTake(run);
            if (lock.isPresent()) {
                try (var _ = lock.get()) {
                    new LeftPostmaster(run.resolve("cluster")).killMakers();
                    delete(run);
                }
            }
        }
    }

    private void makeReady() throws IOException, InterruptedException {
        if (Files.exists(made())) {
            var version = Files.readString(cluster().resolve("PG_VERSION")).strip();
            if (!version.equals(MAJOR_VERSION)) {
                throw new CannotStart(
                        "The database in %s is of PostgreSQL %s, this program brings %s."
                                .formatted(path, version, MAJOR_VERSION));
            }
            new LeftPostmaster(cluster()).stop();
        } else if (Files.exists(making())) {
            // A program killed while it made the database left half of one; no server starts on it.
            new LeftPostmaster(cluster()).killMakers();
            delete(cluster());
        } else if (Files.exists(cluster())) {
            throw new CannotStart(
                    "%s holds a folder cluster that this program did not make; name another folder."
                            .formatted(path));
        }
    }

    /** Between this and {@link #markMade} the cluster is half made and may be deleted. */
    void markMaking() throws IOException {
        if (!Files.exists(made())) {
            Files.writeString(making(), LocalDate.now(Clock.systemUTC()) + "\n");
        }
    }

    void markMade() throws IOException {
        if (!Files.exists(made())) {
            Files.move(making(), made(), StandardCopyOption.ATOMIC_MOVE);
        }
    }

    public boolean isKept() {
        return kept;
    }

    /** Whether there is a database in this folder that was once made whole. */
    static boolean isMade(Path folder) {
        return Files.exists(folder.resolve("made-on"));
    }

    public Path log() {
        return path.resolve("postgres.log");
    }

    /** The same when a run is resumed, however much later: dates derived from it do not move. */
    public LocalDate madeOn() {
        try {
            return LocalDate.parse(Files.readString(made()).strip());
        } catch (IOException unreadable) {
            throw new CannotStart("%s cannot be read.".formatted(made()), unreadable);
        }
    }

    Path cluster() {
        return path.resolve("cluster");
    }

    private Path making() {
        return path.resolve("making");
    }

    private Path made() {
        return path.resolve("made-on");
    }

    /**
     * The port of the last run, so that a saved connection stays good; another only if somebody
     * took it meanwhile.
     */
    int port() throws IOException {
        var file = path.resolve("port");
        if (Files.exists(file)) {
            // A power cut may have left the file empty.
            var text = Files.readString(file).strip();
            var last = text.matches("[0-9]{1,5}") ? freePort(Integer.parseInt(text)) : -1;
            if (last > 0) {
                return last;
            }
        }
        var port = freePort(0);
        Files.writeString(file, port + "\n");
        return port;
    }

    /** The wanted port, or any for 0; -1 if it is taken. */
    private static int freePort(int wanted) {
        try (var socket = new ServerSocket(wanted, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        } catch (IOException taken) {
            return -1;
        }
    }

    /** What the server said last, for a person who asks why there is none. */
    String lastWords() {
        try {
            return "its log %s ends with: %s".formatted(log(), Files.readAllLines(log()).getLast());
        } catch (IOException | RuntimeException nothingSaid) {
            return "it left no log in " + path;
        }
    }

    @Override
    public void close() throws IOException {
        if (!kept) {
            delete(path);
        }
        lock.close();
    }

    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (var within = Files.walk(folder)) {
            for (var path : within.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
