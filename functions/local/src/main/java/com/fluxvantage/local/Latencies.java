package com.fluxvantage.local;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** How long requests took, by operation. A million of them fit into 8 MB. */
final class Latencies {
    /** Milliseconds that so many of a hundred requests did not exceed. */
    record Percentiles(int count, double p50, double p95, double p99) {}

    private static final class Samples {
        private long[] nanos = new long[256];
        private int count;

        private void add(long sample) {
            if (count == nanos.length) {
                nanos = Arrays.copyOf(nanos, count * 2);
            }
            nanos[count++] = sample;
        }

        private Percentiles percentiles() {
            var sorted = Arrays.copyOf(nanos, count);
            Arrays.sort(sorted);
            return new Percentiles(count, at(sorted, 50), at(sorted, 95), at(sorted, 99));
        }

        private static double at(long[] sorted, int percent) {
            int rank = Math.max(1, (int) Math.ceil(sorted.length * percent / 100.0));
            return sorted[rank - 1] / 1e6;
        }
    }

    private final Map<String, Samples> byOperation = new TreeMap<>();
    private final Samples all = new Samples();

    synchronized void add(String operation, long nanos) {
        byOperation.computeIfAbsent(operation, _ -> new Samples()).add(nanos);
        all.add(nanos);
    }

    synchronized int count() {
        return all.count;
    }

    synchronized Percentiles all() {
        return all.percentiles();
    }

    synchronized Map<String, Percentiles> byOperation() {
        var result = new TreeMap<String, Percentiles>();
        byOperation.forEach((operation, samples) -> result.put(operation, samples.percentiles()));
        return result;
    }
}
