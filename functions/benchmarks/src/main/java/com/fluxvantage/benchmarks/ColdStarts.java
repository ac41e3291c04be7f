package com.fluxvantage.benchmarks;

import static com.fluxvantage.benchmarks.Figure.inTurns;
import static com.fluxvantage.benchmarks.Figure.median;

import static java.util.Objects.requireNonNull;

import com.fluxvantage.benchmarks.Figure.Aim;
import com.fluxvantage.kernel.operation.Caller;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Trigger;
import com.fluxvantage.local.lambda.LambdaFunction;
import com.fluxvantage.local.lambda.Zips;
import com.fluxvantage.runtime.KernelJson;
import com.fluxvantage.runtime.Routes;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.GivenWarehouse;

import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/**
 * What a start costs that no snapshot has prepared, until its first answer: of each domain's zip
 * and of a function that does nothing, in the same layout and under the same runtime client. CPU is
 * what counts; wall time is told beside it.
 */
final class ColdStarts implements Suite {
    private static final String EMPTY = "an empty handler";

    /** A domain that starts dearer than the others has something in its zip that they have not. */
    private static final double DEAREST_DOMAIN = 1.15;

    private record Start(double cpuMillis, double wallMillis) {}

    /** Each start has an event of its own, since a proof is good for two minutes. */
    private record Variant(LambdaFunction function, Supplier<String> event) {}

    @Override
    public String name() {
        return "cold";
    }

    @Override
    public void measure(Site site, Form form, Report report) {
        var variants = variants(site, report);
        var starts = new TreeMap<String, List<Start>>();
        long seed = System.nanoTime();
        report.says("  order of the rounds by seed " + seed);
        var order = new ArrayList<>(variants.keySet());
        var random = new Random(seed);
        for (int round = 0; round < form.coldRounds(); round++) {
            Collections.shuffle(order, random);
            for (String name : order) {
                starts.computeIfAbsent(name, _ -> new ArrayList<>())
                        .add(start(requireNonNull(variants.get(name))));
            }
        }
        var empty = requireNonNull(starts.remove(EMPTY));
        var ratios = new TreeMap<String, List<Double>>();
        starts.forEach((domain, its) -> {
            var ofDomain = inTurns(cpu(its), cpu(empty));
            ratios.put(domain, ofDomain);
            report.add(
                    new Figure(
                            name(),
                            domain + " ÷ " + EMPTY + ", CPU",
                            new Aim.None(),
                            ofDomain,
                            told(its) + "; " + EMPTY + " " + told(empty)));
        });
        report.add(dearest(ratios));
    }

    private Figure dearest(Map<String, List<Double>> ratios) {
        double middle = median(ratios.values().stream().map(Figure::median).toList());
        var dearest =
                ratios.entrySet().stream()
                        .max(Comparator.comparingDouble(it -> median(it.getValue())))
                        .orElseThrow();
        return new Figure(
                name(),
                "the dearest domain ÷ their median",
                new Aim.AtMost(DEAREST_DOMAIN),
                List.of(median(dearest.getValue()) / middle),
                "it is " + dearest.getKey());
    }

    private static Map<String, Variant> variants(Site site, Report report) {
        String database = site.database();
        var platform = site.platform(database);
        var client = platform.openTenant();
        String warehouse = GivenWarehouse.of(client).warehouseId();
        var variants = new TreeMap<String, Variant>();
        variants.put(EMPTY, new Variant(empty(), () -> "{}"));
        for (String domain : site.zips().domains()) {
            var read =
                    platform.catalog().all().stream()
                            .filter(it -> Zips.domain(it).equals(domain) && isPlainRead(it))
                            .min(Comparator.comparing(Operation::name));
            if (read.isEmpty()) {
                report.notMeasured(domain + " has no read that needs nothing to be there before");
            }
            read.ifPresent(it ->
                    variants.put(
                            domain,
                            new Variant(
                                    site.function(it, database),
                                    () -> event(client, it, warehouse))));
        }
        return variants;
    }

    private static boolean isPlainRead(Operation<?, ?> operation) {
        return operation.trigger() instanceof Trigger.Http(var method, _)
                && method == Trigger.Method.GET
                && operation.caller() instanceof Caller.Member
                && Routes.pathVariables(operation).isEmpty();
    }

    // The operation's own example, for a warehouse that is there and holds nothing.
    private static String event(Client client, Operation<?, ?> operation, String warehouse) {
        ObjectNode fields = KernelJson.revealing().valueToTree(operation.example());
        var query = new HashMap<String, String>();
        for (var field : fields.properties()) {
            if (field.getValue().isValueNode()
                    && !field.getValue().isNull()
                    && !field.getKey().equals("cursor")) {
                query.put(field.getKey(), field.getValue().asString());
            }
        }
        query.replace("warehouse_id", warehouse);
        return Site.read(client, query);
    }

    /** A jar of one class in the folder where a zip's jars lie. */
    private static LambdaFunction empty() {
        try {
            var root = Files.createTempDirectory("fv-empty-handler");
            var jar = Files.createDirectory(root.resolve("lib")).resolve("empty.jar");
            String file = EmptyHandler.class.getName().replace('.', '/') + ".class";
            try (var code = EmptyHandler.class.getClassLoader().getResourceAsStream(file);
                    var into = new JarOutputStream(Files.newOutputStream(jar))) {
                into.putNextEntry(new JarEntry(file));
                Optional.ofNullable(code).orElseThrow().transferTo(into);
            }
            return new LambdaFunction(
                    "empty",
                    EmptyHandler.class.getName() + "::handleRequest",
                    root,
                    Zips.managedRuntime(),
                    Map.of(),
                    Duration.ofSeconds(6),
                    Path.of(root.toString(), "sandboxes"));
        } catch (IOException e) {
            throw new UncheckedIOException("a jar can be made on this machine", e);
        }
    }

    private static Start start(Variant variant) {
        long from = System.nanoTime();
        try (var sandbox = variant.function().start()) {
            Site.call(sandbox, variant.event().get());
            double wall = (System.nanoTime() - from) / 1e6;
            return new Start(Cpu.millis(sandbox), wall);
        }
    }

    private static List<Double> cpu(List<Start> starts) {
        return starts.stream().map(Start::cpuMillis).toList();
    }

    private static String told(List<Start> starts) {
        return String.format(
                Locale.ROOT,
                "%.0f ms CPU, %.0f ms wall",
                median(cpu(starts)),
                median(starts.stream().map(Start::wallMillis).toList()));
    }
}
