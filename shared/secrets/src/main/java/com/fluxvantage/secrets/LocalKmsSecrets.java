package com.fluxvantage.secrets;

import com.fluxvantage.kernel.outside.Secrets;
import com.fluxvantage.runtime.LocalSecrets;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;

/** Secrets under a key that lies in a file, for the platform on one machine. */
public final class LocalKmsSecrets implements LocalSecrets {
    private static final String FILE = "tenant-secrets.key";

    @Override
    public Secrets open(Path folder) {
        var kms = new LocalKms();
        String key = kms.hold("tenant-secrets", material(folder.resolve(FILE)));
        return new EncryptionSdkSecrets(() -> kms, List.of(key));
    }

    private static byte[] material(Path file) {
        byte[] made = new byte[LocalKms.KEY_BYTES];
        new SecureRandom().nextBytes(made);
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            try (var channel =
                    Files.newByteChannel(
                            file,
                            java.util.Set.of(
                                    StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rw-------")))) {
                channel.write(java.nio.ByteBuffer.wrap(made));
            }
            return made;
        } catch (FileAlreadyExistsException _) {
            return kept(file);
        } catch (IOException e) {
            throw new UncheckedIOException("the key of secrets can be written", e);
        }
    }

    private static byte[] kept(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException("the key of secrets can be read", e);
        }
    }
}
