package com.fluxvantage.benchmarks;

import com.fluxvantage.local.lambda.Zips;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;

/**
 * The program: measures what the product promises of its speed and prints each figure with its aim
 * beside it. It takes {@code --full}, and {@code --only} with a suite's name.
 */
final class Benchmarks {
    private static final List<Suite> SUITES =
            List.of(new ColdStarts(), new Restores(), new WarmSandbox(), new GrownLedger());
    private static final String USAGE =
            "The options are --full, and --only with one of cold, restore, warm, growth.";

    private Benchmarks() {}

    public static void main(String... given) throws IOException, SQLException {
        // Maven hands over the property's value: "true" where it has none, else options.
        var options = Arrays.asList(String.join(" ", given).strip().split("\\s+"));
        var form = options.contains("--full") ? Form.FULL : Form.SMALL;
        int only = options.indexOf("--only");
        var suites =
                only < 0
                        ? SUITES
                        : SUITES.stream()
                                .filter(it -> options.indexOf(it.name()) == only + 1)
                                .toList();
        if (suites.isEmpty() || !options.stream().allMatch(Benchmarks::isKnown)) {
            System.err.println(USAGE);
            System.exit(2);
        }
        var build = Path.of(System.getProperty("fv.build"));
        var zips = new Zips(Path.of(System.getProperty("fv.root")), build.resolve("sandboxes"));
        String fault = zips.fault();
        if (!fault.isEmpty()) {
            System.err.println(fault);
            System.exit(1);
        }
        run(suites, form, zips, build);
    }

    private static boolean isKnown(String option) {
        return List.of("true", "", "--full", "--only").contains(option)
                || SUITES.stream().anyMatch(it -> it.name().equals(option));
    }

    private static void run(List<Suite> suites, Form form, Zips zips, Path build)
            throws IOException, SQLException {
        var report = new Report(System.out);
        try (var site = Site.open(zips, build)) {
            var machine = Machine.of(site.serverVersion());
            report.says(machine.markdown());
            for (var suite : suites) {
                report.says(suite.name());
                suite.measure(site, form, report);
            }
            report.write(build, machine, form);
        }
        report.says("The rounds are in " + build.resolve("results.json"));
    }
}
