package com.fluxvantage.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * The folder of the unpacked server programs. The library that unpacks lets everybody on the
 * machine write to its folder, so it stands inside one that only its owner may enter; and it chokes
 * for good on what a program killed while unpacking left, so that is removed first. One program at
 * a time.
 */
final class PostgresBinaries implements AutoCloseable {
    /** The library writes it when everything is unpacked. */
    private static final String COMPLETE = ".exists";

    private final Path home;
    private final FolderLock lock;

    private PostgresBinaries(Path home, FolderLock lock) {
        this.home = home;
        this.lock = lock;
    }

    static PostgresBinaries open(Path build) throws IOException {
        var own = build.resolve("postgres-binaries");
        Files.createDirectories(own);
        Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rwx------"));
        var binaries = new PostgresBinaries(own.resolve("embedded-pg"), FolderLock.await(own));
        binaries.removeIncomplete();
        return binaries;
    }

    private void removeIncomplete() throws IOException {
        if (!Files.exists(home)) {
            return;
        }
        List<Path> unpacked;
        try (var entries = Files.list(home)) {
            unpacked = entries.filter(Files::isDirectory).toList();
        }
        for (var version : unpacked) {
            if (!Files.exists(version.resolve(COMPLETE))) {
                PostgresFolder.delete(version);
            }
        }
    }

    Path home() {
        return home;
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
