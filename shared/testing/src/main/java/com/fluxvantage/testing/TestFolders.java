package com.fluxvantage.testing;

import com.sun.management.OperatingSystemMXBean;

import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Where the servers of tests, and tests themselves, keep their files: in memory, on a machine with
 * plenty of it. A test database is nearly a thousand files and an export some hundred, and to make
 * and remove them on a disk costs the kernel more than the tests cost PostgreSQL. JUnit makes its
 * temporary folders here as well (junit-platform.properties).
 */
final class TestFolders implements TempDirFactory {
    private static final Path IN_MEMORY = Path.of("/dev/shm");
    static final String NAME = "fluxvantage-test-";
    private static final long GIGABYTE = 1L << 30;
    private static final long ROOM = 8 * GIGABYTE;
    private static final long MEMORY = 12 * GIGABYTE;
    static final Duration LONGEST_BUILD = Duration.ofHours(2);
    private static final AtomicBoolean SWEPT = new AtomicBoolean();

    /** JUnit removes what it made at the end of a test. */
    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext test)
            throws IOException {
        return make();
    }

    /** To be removed by whoever asked. */
    static Path make() throws IOException {
        String name = NAME + ProcessHandle.current().pid() + "-";
        if (!isMemoryPlenty()) {
            return Files.createTempDirectory(name);
        }
        if (!SWEPT.getAndSet(true)) {
            sweep(IN_MEMORY);
        }
        return Files.createTempDirectory(IN_MEMORY, name);
    }

    /** Goes with this process. */
    static Path untilExit() {
        try {
            var folder = make();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> MigratedCluster.remove(folder)));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException("a temporary folder can be made", e);
        }
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
                try {
                    if (isLeft(folder)) {
                        MigratedCluster.remove(folder);
                    }
                } catch (NoSuchFileException | UncheckedIOException _) {
                    // Another process was quicker, or it is another user's.
                }
            }
        }
    }

    private static boolean isLeft(Path folder) throws IOException {
        String pid = folder.getFileName().toString().split("-", -1)[2];
        return ProcessHandle.of(Long.parseLong(pid)).isEmpty()
                && Files.getLastModifiedTime(folder)
                        .toInstant()
                        .plus(LONGEST_BUILD)
                        .isBefore(Instant.now());
    }
}
