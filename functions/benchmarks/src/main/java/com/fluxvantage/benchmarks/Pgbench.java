package com.fluxvantage.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** PostgreSQL's own load program, with one client: as fast as these statements can be sent. */
record Pgbench(Path program) {
    private static final Path OF_DEBIAN = Path.of("/usr/lib/postgresql");
    private static final Pattern RATE = Pattern.compile("tps = (?<rate>[\\d.]+)");
    private static final Pattern DONE =
            Pattern.compile("transactions actually processed: (?<count>\\d+)");
    private static final Pattern FAILED = Pattern.compile("failed transactions: (?<count>\\d+)");

    /** What one turn has done. */
    record Turn(double perSecond, long transactions) {
        static Turn read(String output) {
            var rate = RATE.matcher(output);
            var done = DONE.matcher(output);
            var failed = FAILED.matcher(output);
            if (!rate.find() || !done.find() || !failed.find()) {
                throw new IllegalStateException("pgbench did not come to its end:\n" + output);
            }
            if (Long.parseLong(failed.group("count")) > 0) {
                throw new IllegalStateException("transactions of pgbench failed:\n" + output);
            }
            return new Turn(
                    Double.parseDouble(rate.group("rate")), Long.parseLong(done.group("count")));
        }
    }

    static Optional<Pgbench> find() {
        var folders =
                new ArrayList<>(Stream.of(System.getenv("PATH").split(":")).map(Path::of).toList());
        if (Files.isDirectory(OF_DEBIAN)) {
            try (var versions = Files.list(OF_DEBIAN)) {
                versions.map(it -> it.resolve("bin")).forEach(folders::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return folders.stream()
                .map(it -> it.resolve("pgbench"))
                .filter(Files::isExecutable)
                .findFirst()
                .map(Pgbench::new);
    }

    /**
     * Runs a script as one login.
     *
     * @param first what the script's counter begins behind
     */
    Turn run(
            Path script,
            int port,
            String role,
            String database,
            String proof,
            long first,
            Duration time) {
        try {
            var process =
                    new ProcessBuilder(
                                    List.of(
                                            program.toString(),
                                            "--no-vacuum",
                                            "--client=1",
                                            "--protocol=simple",
                                            "--time=" + time.toSeconds(),
                                            "--define=" + PgbenchScript.PROOF + "=" + proof,
                                            "--define=" + PgbenchScript.COUNTER + "=" + first,
                                            "--file=" + script,
                                            "--host=127.0.0.1",
                                            "--port=" + port,
                                            "--username=" + role,
                                            database))
                            .redirectErrorStream(true)
                            .start();
            var output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor();
            return Turn.read(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while pgbench was at work", e);
        }
    }
}
