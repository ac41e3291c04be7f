package com.fluxvantage.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/**
 * What the figures were taken on.
 *
 * @param loadBefore how many programs wanted a processor in the minute before the first figure
 */
record Machine(
        String at,
        String processor,
        int processors,
        long memoryMegabytes,
        String system,
        String java,
        String postgres,
        String durability,
        double loadBefore) {
    static Machine of(String postgres) {
        return new Machine(
                Instant.now().truncatedTo(ChronoUnit.MINUTES).toString(),
                line("/proc/cpuinfo", "model name"),
                Runtime.getRuntime().availableProcessors(),
                Long.parseLong(line("/proc/meminfo", "MemTotal").replaceAll("\\D", "")) / 1024,
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"),
                postgres,
                "fsync, synchronous_commit and full_page_writes off, for both sides of a ratio",
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    private static String line(String file, String name) {
        try {
            return Files.readAllLines(Path.of(file)).stream()
                    .filter(it -> it.startsWith(name))
                    .map(it -> it.substring(it.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("0, not told by this system");
        } catch (IOException _) {
            return "0, not told by this system";
        }
    }

    String markdown() {
        return String.format(
                Locale.ROOT,
                """
                - %s, %d processors, %s, %,d MB, %s
                - %s; %s (%s)
                - load before the first figure: %.1f
                """,
                at,
                processors,
                processor,
                memoryMegabytes,
                system,
                java,
                postgres,
                durability,
                loadBefore);
    }
}
