package com.fluxvantage.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The server that a killed program leaves running. Nothing else may start on its files while it
 * lives, and a pid file may name, after a restart of the machine, any process at all: so it is
 * stopped only if it is a postgres that stands in this very folder. The caller holds the folder's
 * lock, so no live program is robbed of its server.
 */
final class LeftPostmaster {
    private static final Duration LONGEST_STOP = Duration.ofSeconds(60);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(25);

    private static final Set<String> SERVER_PROGRAMS = Set.of("initdb", "pg_ctl", "postgres");

    private enum Identity {
        OURS,
        STRANGER,
        UNKNOWN
    }

    private final Path cluster;
    private final Path pidFile;

    LeftPostmaster(Path cluster) {
        this.cluster = cluster;
        this.pidFile = cluster.resolve("postmaster.pid");
    }

    /** Harmless if there is none. */
    void stop() throws IOException, InterruptedException {
        if (!Files.exists(pidFile)) {
            return;
        }
        var process = ProcessHandle.of(pid());
        if (process.isEmpty()) {
            return; // The next server clears the file away itself.
        }
        switch (identify(process.get())) {
            case OURS -> stopFast(process.get());
            // The server would take the stranger for a server and refuse to start.
            case STRANGER -> Files.delete(pidFile);
            case UNKNOWN ->
                    throw new CannotStart(
                            ("Process %d may be a PostgreSQL at work in %s; stop it,"
                                            + " or delete %s if it is something else.")
                                    .formatted(process.get().pid(), cluster, pidFile));
        }
    }

    private long pid() throws IOException {
        var lines = Files.readAllLines(pidFile);
        try {
            return Long.parseLong(lines.getFirst().strip());
        } catch (RuntimeException emptyOrNotANumber) {
            throw new CannotStart(
                    "%s is damaged; delete it if no PostgreSQL is running.".formatted(pidFile));
        }
    }

    private Identity identify(ProcessHandle process) {
        var commandLine = process.info().commandLine();
        if (commandLine.isPresent() && !commandLine.get().contains("postgres")) {
            return Identity.STRANGER;
        }
        var stands = standsIn(process);
        if (stands.isPresent()) {
            return stands.get().equals(cluster) ? Identity.OURS : Identity.STRANGER;
        }
        return commandLine.filter(line -> line.contains(cluster.toString())).isPresent()
                ? Identity.OURS
                : Identity.UNKNOWN;
    }

    /**
     * True even after the folder was renamed, unlike the arguments; empty where it cannot be seen.
     */
    private static Optional<Path> standsIn(ProcessHandle process) {
        try {
            return Optional.of(
                    Files.readSymbolicLink(Path.of("/proc", Long.toString(process.pid()), "cwd")));
        } catch (IOException noSuchView) {
            return Optional.empty();
        }
    }

    /**
     * Kills what still works at a cluster that was never finished: there is nothing in it to lose,
     * and it would write into the next one.
     */
    void killMakers() throws InterruptedException {
        var deadline = System.nanoTime() + LONGEST_STOP.toNanos();
        for (var makers = makers(); !makers.isEmpty(); makers = makers()) {
            makers.forEach(ProcessHandle::destroyForcibly);
            if (System.nanoTime() > deadline) {
                throw new CannotStart(
                        "What an earlier run left at work in %s (process %d) does not stop."
                                .formatted(cluster, makers.getFirst().pid()));
            }
            TimeUnit.NANOSECONDS.sleep(BETWEEN_LOOKS.toNanos());
        }
    }

    private List<ProcessHandle> makers() {
        return ProcessHandle.allProcesses()
                .filter(process ->
                        process.info()
                                .command()
                                .filter(LeftPostmaster::isServerProgram)
                                .isPresent())
                .filter(process ->
                        standsIn(process).filter(cluster::equals).isPresent()
                                || process.info()
                                        .commandLine()
                                        .orElse("")
                                        .contains(cluster.toString()))
                .toList();
    }

    private static boolean isServerProgram(String command) {
        return SERVER_PROGRAMS.contains(Path.of(command).getFileName().toString());
    }

    /** An interrupt is the fast shutdown: sessions end, nothing committed is lost. */
    private void stopFast(ProcessHandle process) throws IOException, InterruptedException {
        var kill = new ProcessBuilder("sh", "-c", "kill -INT " + process.pid()).start();
        kill.waitFor();
        var deadline = System.nanoTime() + LONGEST_STOP.toNanos();
        // The pid file goes last of all; the process may linger where nobody collects the dead.
        while (process.isAlive() && Files.exists(pidFile)) {
            if (System.nanoTime() > deadline) {
                throw new CannotStart(
                        "The PostgreSQL that an earlier run left in %s (process %d) does not stop."
                                .formatted(cluster, process.pid()));
            }
            TimeUnit.NANOSECONDS.sleep(BETWEEN_LOOKS.toNanos());
        }
    }
}
