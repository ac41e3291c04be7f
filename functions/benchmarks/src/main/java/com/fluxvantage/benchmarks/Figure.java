package com.fluxvantage.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What was measured, with what it should be.
 *
 * @param rounds the same thing measured again and again; the figure is their median
 * @param beside the quantities that it was made of, in words
 */
record Figure(String suite, String name, Aim aim, List<Double> rounds, String beside) {
    /** What a figure should be. */
    sealed interface Aim {
        record AtMost(double bound) implements Aim {}

        record AtLeast(double bound) implements Aim {}

        /** It is there to be looked at, and to be compared with the next run's. */
        record None() implements Aim {}

        default String text() {
            return switch (this) {
                case AtMost(double bound) -> String.format(Locale.ROOT, "≤ %.2f", bound);
                case AtLeast(double bound) -> String.format(Locale.ROOT, "≥ %.2f", bound);
                case None() -> "none";
            };
        }
    }

    Figure {
        if (rounds.isEmpty()) {
            throw new IllegalArgumentException(name + " was not measured");
        }
        rounds = List.copyOf(rounds);
    }

    double median() {
        return median(rounds);
    }

    double min() {
        return rounds.stream().mapToDouble(it -> it).min().orElseThrow();
    }

    double max() {
        return rounds.stream().mapToDouble(it -> it).max().orElseThrow();
    }

    String verdict() {
        return switch (aim) {
            case Aim.AtMost(double bound) -> median() <= bound ? "met" : "missed";
            case Aim.AtLeast(double bound) -> median() >= bound ? "met" : "missed";
            case Aim.None() -> "";
        };
    }

    /** Round by round: what was measured in one round is compared with what was in the same. */
    static List<Double> inTurns(List<Double> its, List<Double> others) {
        var ratios = new ArrayList<Double>();
        for (int round = 0; round < its.size(); round++) {
            ratios.add(its.get(round) / others.get(round));
        }
        return ratios;
    }

    /** Of an even number of values the mean of the middle two. */
    static double median(List<Double> values) {
        var sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1
                ? sorted.get(middle)
                : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
