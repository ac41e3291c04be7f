package com.fluxvantage.benchmarks;

import static com.fluxvantage.benchmarks.Figure.inTurns;
import static com.fluxvantage.benchmarks.Figure.median;

import com.fluxvantage.benchmarks.Figure.Aim;
import com.fluxvantage.local.lambda.LambdaSandbox;

import java.time.Duration;
import java.util.ArrayList;
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
        var primed = new ArrayList<Double>();
        var second = new ArrayList<Double>();
        var reopened = new ArrayList<Double>();
        var unprimed = new ArrayList<Double>();
        for (int round = 0; round < form.coldRounds(); round++) {
            try (var sandbox = function.start()) {
                unprimed.add(first(sandbox, Site.write(client, Map.of(), body("U", round))));
            }
            try (var sandbox = function.startUntilCheckpoint()) {
                reopened.add(millis(sandbox.restore()));
                primed.add(first(sandbox, Site.write(client, Map.of(), body("P", round))));
                second.add(first(sandbox, Site.write(client, Map.of(), body("S", round))));
            }
        }
        report.add(
                new Figure(
                        name(),
                        "first request, primed ÷ unprimed",
                        new Aim.AtMost(AIM),
                        inTurns(primed, unprimed),
                        String.format(
                                Locale.ROOT,
                                "%s: %.1f ms after a restore that took %.1f ms; %.1f ms unprimed;"
                                        + " a second request %.1f ms",
                                OPERATION,
                                median(primed),
                                median(reopened),
                                median(unprimed),
                                median(second))));
        var both = new ArrayList<Double>();
        for (int round = 0; round < primed.size(); round++) {
            both.add(primed.get(round) + reopened.get(round));
        }
        report.add(
                new Figure(
                        name(),
                        "restore and first ÷ unprimed",
                        new Aim.None(),
                        inTurns(both, unprimed),
                        "with the time in which the connection is opened anew"));
    }

    private static String body(String kind, int round) {
        return "{\"sku\": \"%s-%d\", \"description\": \"Black tea\"}".formatted(kind, round);
    }

    private static double first(LambdaSandbox sandbox, String event) {
        var invocation = sandbox.invoke(Site.withNewKey(event));
        Site.mustSucceed(invocation);
        return millis(invocation.took());
    }

    private static double millis(Duration duration) {
        return duration.toNanos() / 1e6;
    }
}
