package com.fluxvantage.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Which files a kept day is played from. With others the day could not go on: its idempotency keys
 * would stand for other orders.
 */
final class DayFiles {
    private static final String FILE = "files.sha256";

    private DayFiles() {}

    /**
     * Remembers the files with the first run and refuses all others afterwards. Call it before the
     * day's secret is made, which tells that a day has begun, and while the folder is locked.
     *
     * @param fingerprint of the files; empty for the sample company, which has none
     */
    static void claim(Path data, Optional<String> fingerprint) {
        var file = data.resolve(FILE);
        try {
            var kept =
                    Files.exists(file)
                            ? Optional.of(Files.readString(file).strip())
                            : Optional.<String>empty();
            if (kept.isEmpty() && !DaySecret.isKept(data)) {
                if (fingerprint.isPresent()) {
                    write(file, fingerprint.get());
                }
            } else if (!kept.equals(fingerprint)) {
                throw new CannotStart(
                        ("The day in %s was begun with %s. Go on with the same, or name"
                                        + " another folder.")
                                .formatted(
                                        data,
                                        kept.isEmpty()
                                                ? "the sample company and no files"
                                                : fingerprint.isEmpty()
                                                        ? "files of items and orders"
                                                        : "other files, or these have changed"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the day's files cannot be remembered", e);
        }
    }

    // Whole or not at all.
    private static void write(Path file, String fingerprint) throws IOException {
        var making = file.resolveSibling(FILE + ".making");
        Files.writeString(
                making,
                fingerprint + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE,
                StandardOpenOption.SYNC);
        Files.move(making, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
