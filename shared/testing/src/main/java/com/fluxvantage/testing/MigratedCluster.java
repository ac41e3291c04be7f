package com.fluxvantage.testing;

import com.fluxvantage.migrations.Migrate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * A server's files with every migration in them. The first test process that needs them makes them;
 * the others of a build copy them, which takes a tenth of the time.
 */
final class MigratedCluster {
    private static final Path SHELF =
            Path.of(System.getProperty("ot.epg.working-dir", System.getProperty("java.io.tmpdir")));
    private static final List<String> MAKE_IT = List.of("com/fluxvantage/migrations", "datamap");

    interface Maker {
        /** Fills the folder and leaves no server behind. */
        void make(Path folder) throws IOException;
    }

    private MigratedCluster() {}

    /** A copy for one process. */
    static Path copy(Maker maker) throws IOException {
        var kept = SHELF.resolve("migrated-" + version());
        if (!Files.isDirectory(kept)) {
            Files.createDirectories(SHELF);
            var fresh = Files.createTempDirectory(SHELF, "migrating-");
            maker.make(fresh);
            try {
                Files.move(fresh, kept, StandardCopyOption.ATOMIC_MOVE);
            } catch (FileSystemException _) {
                remove(fresh); // Another process was quicker.
            }
        }
        var copy = TestFolders.make();
        try (var files = Files.walk(kept)) {
            for (var file : (Iterable<Path>) files::iterator) {
                if (!file.equals(kept)) {
                    Files.copy(
                            file,
                            copy.resolve(kept.relativize(file)),
                            StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
        return copy;
    }

    static void remove(Path folder) {
        try (var files = Files.walk(folder)) {
            for (var file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of other migrations, or in another month, which has other partitions, it is another. */
    private static String version() throws IOException {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update(
                    YearMonth.now(ZoneOffset.UTC).toString().getBytes(StandardCharsets.UTF_8));
            var source =
                    Path.of(
                            Migrate.class
                                    .getProtectionDomain()
                                    .getCodeSource()
                                    .getLocation()
                                    .toURI());
            if (Files.isDirectory(source)) {
                digest(source, digest);
            } else {
                var jar = URI.create("jar:" + source.toUri());
                try (var inside = FileSystems.newFileSystem(jar, Map.of())) {
                    digest(inside.getPath("/"), digest);
                }
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (NoSuchAlgorithmException | URISyntaxException e) {
            throw new IllegalStateException("the migrations are on the class path", e);
        }
    }

    private static void digest(Path root, MessageDigest digest) throws IOException {
        for (var folder : MAKE_IT) {
            try (var files = Files.walk(root.resolve(folder))) {
                for (var file : files.filter(Files::isRegularFile).sorted().toList()) {
                    digest.update(file.getFileName().toString().getBytes(StandardCharsets.UTF_8));
                    digest.update(Files.readAllBytes(file));
                }
            }
        }
    }
}
