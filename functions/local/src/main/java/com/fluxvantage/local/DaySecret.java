package com.fluxvantage.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;

/**
 * The secret from which the fingerprints of requests are made. A kept day keeps it beside its
 * database: with another one, a day that goes on would seem to ask for other things under the same
 * keys.
 */
final class DaySecret {
    private static final int BYTES = 32;
    private static final String FILE = "platform.secret";

    private DaySecret() {}

    /** Whether a day has begun in this folder. */
    static boolean isKept(Path data) {
        return Files.exists(data.resolve(FILE));
    }

    static byte[] of(Optional<Path> data) {
        try {
            return data.isPresent() ? kept(data.get().resolve(FILE)) : random();
        } catch (IOException e) {
            throw new UncheckedIOException("the day's secret cannot be kept", e);
        }
    }

    private static byte[] kept(Path file) throws IOException {
        if (Files.notExists(file)) {
            // Whole or not at all: a program that is killed here leaves no half a secret.
            var making = file.resolveSibling(FILE + ".making");
            Files.deleteIfExists(making);
            var ownerOnly =
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------"));
            Files.createFile(making, ownerOnly);
            Files.writeString(
                    making, Base64.getEncoder().encodeToString(random()), StandardOpenOption.SYNC);
            Files.move(making, file, StandardCopyOption.ATOMIC_MOVE);
        }
        return Base64.getDecoder().decode(Files.readString(file).strip());
    }

    private static byte[] random() {
        byte[] bytes = new byte[BYTES];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }
}
