package com.fluxvantage.benchmarks;

import static com.fluxvantage.benchmarks.Figure.inTurns;
import static com.fluxvantage.benchmarks.Figure.median;

import com.fluxvantage.benchmarks.Figure.Aim;
import com.fluxvantage.local.lambda.LambdaSandbox;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The first request after a snapshot before which a call was rehearsed, against the first request
 * of a function that was only started. Both wait for the first time for this caller's proof, key
 * and rows; only the second has to load what serves them.
 */
final class Restores implements Suite {
    private static final double AIM = 0.10;
    private static final String OPERATION = "register-item";

    private record First(double cpuMillis, double wallMillis) {}

    @Override
    public String name() {
        return "restore";
    }

    @Override
    public void measure(Site site, Form form, Report report) {
        String database = site.database();
        var platform = site.platform(database);
        var client = platform.openTenant();
        var function = site.function(platform.catalog().named(OPERATION), database);
        var primed = new ArrayList<First>();
        var second = new ArrayList<First>();
        var reopened = new ArrayList<Double>();
        var unprimed = new ArrayList<First>();
        for (int round = 0; round < form.coldRounds(); round++) {
            try (var sandbox = function.start()) {
                unprimed.add(first(sandbox, Site.write(client, Map.of(), body("U", round))));
            }
            try (var sandbox = function.startUntilCheckpoint()) {
                reopened.add(sandbox.restore().toNanos() / 1e6);
                primed.add(first(sandbox, Site.write(client, Map.of(), body("P", round))));
                second.add(first(sandbox, Site.write(client, Map.of(), body("S", round))));
            }
        }
        report.add(
                new Figure(
                        name(),
                        "first request, primed ÷ unprimed, CPU",
                        new Aim.AtMost(AIM),
                        inTurns(cpu(primed), cpu(unprimed)),
                        "%s: %s after a restore; %s unprimed; a second request %s"
                                .formatted(OPERATION, told(primed), told(unprimed), told(second))));
        report.add(
                new Figure(
                        name(),
                        "first request, primed ÷ unprimed, wall",
                        new Aim.AtMost(AIM),
                        inTurns(wall(primed), wall(unprimed)),
                        String.format(
                                Locale.ROOT,
                                "the restore before it, in which the connection is opened, took"
                                        + " %.1f ms of wall time",
                                median(reopened))));
    }

    private static String body(String kind, int round) {
        return "{\"sku\": \"%s-%d\", \"description\": \"Black tea\"}".formatted(kind, round);
    }

    private static First first(LambdaSandbox sandbox, String event) {
        var before = Cpu.threads(sandbox);
        var invocation = Site.call(sandbox, Site.withNewKey(event));
        double cpu = Cpu.millisSince(before, sandbox);
        return new First(cpu, invocation.took().toNanos() / 1e6);
    }

    private static List<Double> cpu(List<First> requests) {
        return requests.stream().map(First::cpuMillis).toList();
    }

    private static List<Double> wall(List<First> requests) {
        return requests.stream().map(First::wallMillis).toList();
    }

    private static String told(List<First> requests) {
        return String.format(
                Locale.ROOT,
                "%.1f ms CPU, %.1f ms wall",
                median(cpu(requests)),
                median(wall(requests)));
    }
}
