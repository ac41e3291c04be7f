package com.fluxvantage.testing;

import com.sun.management.OperatingSystemMXBean;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * Where the servers of tests keep their files: in memory, on a machine with plenty of it. A test
 * database is nearly a thousand files, and to make and remove them on a disk costs the kernel more
 * than the tests cost PostgreSQL.
 */
final class ServerFolders {
    private static final Path IN_MEMORY = Path.of("/dev/shm");
    static final String NAME = "fluxvantage-postgres-";
    private static final long GIGABYTE = 1L << 30;
    private static final long ROOM = 8 * GIGABYTE;
    private static final long MEMORY = 12 * GIGABYTE;
    static final Duration LONGEST_BUILD = Duration.ofHours(2);

    private ServerFolders() {}

    static Path make() throws IOException {
        String name = NAME + ProcessHandle.current().pid() + "-";
        if (!isMemoryPlenty()) {
            return Files.createTempDirectory(name);
        }
        sweep(IN_MEMORY);
        return Files.createTempDirectory(IN_MEMORY, name);
    }

    private static boolean isMemoryPlenty() throws IOException {
        var machine = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return Files.isWritable(IN_MEMORY)
                && IN_MEMORY.toFile().getUsableSpace() >= ROOM
                && machine.getTotalMemorySize() >= MEMORY;
    }

    // What a process left that was killed would take memory until the machine starts again.
    static void sweep(Path where) throws IOException {
        try (var folders = Files.newDirectoryStream(where, NAME + "*")) {
            for (var folder : folders) {
                if (isLeft(folder)) {
                    MigratedCluster.remove(folder);
                }
            }
        }
    }

    private static boolean isLeft(Path folder) throws IOException {
        String pid = folder.getFileName().toString().split("-", -1)[2];
        var begun = Files.getLastModifiedTime(folder).toInstant();
        return ProcessHandle.of(Long.parseLong(pid)).isEmpty()
                && begun.plus(LONGEST_BUILD).isBefore(Instant.now());
    }
}
