package com.fluxvantage.testing;

import org.jspecify.annotations.Nullable;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/**
 * How processes that are to be killed start: quickly, for there are dozens, and half of what each
 * costs is to load the same classes. One that lives to its end, over a database of its own, leaves
 * them in an archive for all that this JVM starts later. Such an archive knows classes of jars
 * alone, so folders of the class path are packed first.
 */
final class MortalStart {
    private static final Duration LONGEST = Duration.ofMinutes(1);

    private static @Nullable MortalStart first;

    private final Path archive;
    private final String classPath;

    private MortalStart(Path folder) throws IOException {
        this.archive = folder.resolve("classes.jsa");
        var jars = new ArrayList<String>();
        for (var entry : classPath()) {
            var jar =
                    Files.isDirectory(entry)
                            ? packed(entry, folder.resolve(jars.size() + ".jar"))
                            : entry;
            jars.add(jar.toString());
        }
        this.classPath = String.join(File.pathSeparator, jars);
    }

    /**
     * The beginning of a command line, up to the name of the class.
     *
     * @param words of {@link MortalMain}, after its first two: a life that does what later ones do
     */
    static synchronized List<String> command(List<String> words) {
        try {
            if (first == null) {
                var folder = TestFolders.untilExit();
                first = new MortalStart(folder);
                first.live(folder, words);
            }
            // Where nothing came of it they start as slowly as without.
            return first.java(
                    Files.exists(first.archive)
                            ? "-XX:SharedArchiveFile=" + first.archive
                            : "-Xshare:auto");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> java(String option) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                option,
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Djava.net.preferIPv4Stack=true",
                "-cp",
                classPath);
    }

    private void live(Path folder, List<String> words) throws IOException {
        var command = new ArrayList<>(java("-XX:ArchiveClassesAtExit=" + archive));
        command.add(MortalMain.class.getName());
        command.add(TestDatabase.create().settings().url());
        command.add(Files.createDirectory(folder.resolve("life")).toString());
        command.addAll(words);
        var process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("life.log").toFile())
                        .start();
        try {
            process.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            process.destroyForcibly();
        }
    }

    // Some that run tests have their own loader for what they test.
    private static List<Path> classPath() {
        return MortalMain.class.getClassLoader() instanceof URLClassLoader loader
                ? Arrays.stream(loader.getURLs())
                        .map(it -> Path.of(URI.create(it.toString())))
                        .toList()
                : Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                        .map(Path::of)
                        .toList();
    }

    private static Path packed(Path folder, Path jar) throws IOException {
        try (var out = new JarOutputStream(Files.newOutputStream(jar));
                var files = Files.walk(folder)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                var name = folder.relativize(file).toString().replace(File.separatorChar, '/');
                out.putNextEntry(new JarEntry(name));
                Files.copy(file, out);
                out.closeEntry();
            }
        }
        return jar;
    }
}
