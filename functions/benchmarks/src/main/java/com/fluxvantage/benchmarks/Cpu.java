package com.fluxvantage.benchmarks;

import com.fluxvantage.local.lambda.LambdaSandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** The processor time that a sandbox uses. */
final class Cpu {
    private Cpu() {}

    /** Of all its threads since its start, to a hundredth of a second. */
    static double millis(LambdaSandbox sandbox) {
        return ProcessHandle.of(sandbox.pid())
                        .flatMap(it -> it.info().totalCpuDuration())
                        .orElseThrow()
                        .toNanos()
                / 1e6;
    }

    /** Nanoseconds of each of its threads; for what takes less than the clock above can tell. */
    static Map<String, Long> threads(LambdaSandbox sandbox) {
        var used = new TreeMap<String, Long>();
        var tasks = Path.of("/proc", Long.toString(sandbox.pid()), "task");
        try (var threads = Files.list(tasks)) {
            for (var thread : threads.toList()) {
                try {
                    String[] told =
                            Files.readString(thread.resolve("schedstat")).strip().split(" ", 2);
                    used.put(thread.getFileName().toString(), Long.parseLong(told[0]));
                } catch (NoSuchFileException _) {
                    // It has ended since the list was made.
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a system with /proc tells what threads use", e);
        }
        return used;
    }

    /** What they have used since; a thread that is new counts as a whole, one that ended not. */
    static double millisSince(Map<String, Long> before, LambdaSandbox sandbox) {
        return threads(sandbox).entrySet().stream()
                        .mapToLong(it -> it.getValue() - before.getOrDefault(it.getKey(), 0L))
                        .sum()
                / 1e6;
    }
}
