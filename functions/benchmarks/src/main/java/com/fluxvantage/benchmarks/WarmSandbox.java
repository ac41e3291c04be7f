package com.fluxvantage.benchmarks;

import static com.fluxvantage.benchmarks.Figure.median;

import com.fluxvantage.benchmarks.Figure.Aim;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.local.lambda.LambdaSandbox;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.GivenWarehouse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One warm sandbox in a closed loop against pgbench with one client that sends the very same
 * statements: how much of what the database could do is left when everything of ours stands before
 * it, the Runtime API and its two requests a call included. Both take their turn in each round,
 * with a proof of that round.
 */
final class WarmSandbox implements Suite {
    private static final double AIM = 0.60;
    private static final String ROLE = "fv_api";
    private static final long PLENTY = 100_000_000;

    private record Call(
            String name, Operation<?, ?> operation, Map<String, String> path, String body) {
        String event(Client client) {
            return Site.write(client, path, body);
        }
    }

    private record Turn(double perSecond, double cpuMillis, double medianMillis) {}

    @Override
    public String name() {
        return "warm";
    }

    @Override
    public void measure(Site site, Form form, Report report) throws SQLException {
        var pgbench = Pgbench.find();
        if (pgbench.isEmpty()) {
            report.notMeasured(
                    "one warm sandbox against pgbench, which is not here: Debian's postgresql-15"
                            + " has it");
            return;
        }
        String database = site.database();
        var client = site.platform(database).openTenant();
        var call = receiveLine(client);
        var script = script(site, database, client, call);
        measure(site, form, report, pgbench.get(), database, client, call, script);
    }

    /** A scan at the dock: the event of a warehouse's day that everything waits for. */
    private static Call receiveLine(Client client) {
        var given = GivenWarehouse.of(client);
        given.item("TEA");
        String receipt = given.openReceipt(given.asn("TEA " + PLENTY));
        return new Call(
                "receive-line",
                client.platform().catalog().named("receive-line"),
                Map.of("receipt_id", receipt),
                "{\"sku\": \"TEA\", \"quantity\": 1, \"condition\": \"GOOD\"}");
    }

    /** The same call is made twice, in this process, while the server writes down what it hears. */
    private static Path script(Site site, String database, Client client, Call call) {
        for (String setting :
                List.of(
                        "log_statement = 'all'",
                        "log_parameter_max_length = -1",
                        "log_error_verbosity = 'default'")) {
            site.execute("postgres", "alter database " + database + " set " + setting);
        }
        var recorded = site.platform(database).member(client.tenant(), client.permissions());
        for (int time = 0; time < 3; time++) {
            var answer = recorded.post(call.name(), call.path(), call.body());
            if (answer.status() >= 300) {
                throw new IllegalStateException("the call failed: " + answer);
            }
        }
        site.execute("postgres", "alter database " + database + " reset all");
        try {
            var recordings = Recording.of(site.log());
            int last = recordings.size() - 1;
            var script = PgbenchScript.of(recordings.get(last - 1), recordings.get(last));
            return Files.writeString(site.log().resolveSibling(call.name() + ".pgbench"), script);
        } catch (IOException e) {
            throw new UncheckedIOException("the server's log can be read", e);
        }
    }

    private void measure(
            Site site,
            Form form,
            Report report,
            Pgbench pgbench,
            String database,
            Client client,
            Call call,
            Path script)
            throws SQLException {
        var turns = new ArrayList<Turn>();
        var yardsticks = new ArrayList<Double>();
        var ratios = new ArrayList<Double>();
        long counter = PgbenchScript.FIRST;
        long sent = 0;
        String ledger = "select count(*) from wms.movement";
        try (var sandbox = site.function(call.operation(), database).startUntilCheckpoint()) {
            sandbox.restore();
            for (int calls = 0; calls < form.warmUp(); calls += form.calls()) {
                loop(sandbox, call.event(client), form.calls());
            }
            long before = site.count(database, ledger);
            for (int round = 0; round < form.warmRounds(); round++) {
                String event = call.event(client);
                boolean isFirst = round % 2 == 0;
                if (isFirst) {
                    turns.add(loop(sandbox, event, form.calls()));
                }
                var yardstick =
                        pgbench.run(
                                script,
                                site.port(),
                                ROLE,
                                database,
                                proof(client),
                                counter,
                                form.yardstick());
                if (!isFirst) {
                    turns.add(loop(sandbox, event, form.calls()));
                }
                counter += yardstick.transactions() + 1;
                sent += form.calls() + yardstick.transactions();
                yardsticks.add(yardstick.perSecond());
                ratios.add(turns.getLast().perSecond() / yardstick.perSecond());
            }
            long kept = site.count(database, ledger) - before;
            if (kept < sent) {
                throw new IllegalStateException(
                        sent + " lines were received and the ledger has " + kept + " legs more");
            }
        }
        report.add(
                new Figure(
                        name(),
                        call.name() + ", calls a second ÷ pgbench",
                        new Aim.AtLeast(AIM),
                        ratios,
                        String.format(
                                Locale.ROOT,
                                "%.0f calls a second, median %.2f ms, %.2f ms CPU each; pgbench"
                                        + " %.0f transactions a second; wanted in the end: 0.85",
                                median(turns.stream().map(Turn::perSecond).toList()),
                                median(turns.stream().map(Turn::medianMillis).toList()),
                                median(turns.stream().map(Turn::cpuMillis).toList()),
                                median(yardsticks))));
    }

    private static String proof(Client client) {
        return String.valueOf(client.event().getRequestContext().getAuthorizer().get("proof"));
    }

    private static Turn loop(LambdaSandbox sandbox, String event, int calls) {
        double cpu = Cpu.millis(sandbox);
        var took = new ArrayList<Double>();
        long from = System.nanoTime();
        for (int call = 0; call < calls; call++) {
            var invocation = Site.call(sandbox, Site.withNewKey(event));
            took.add(invocation.took().toNanos() / 1e6);
        }
        double seconds = (System.nanoTime() - from) / 1e9;
        return new Turn(calls / seconds, (Cpu.millis(sandbox) - cpu) / calls, median(took));
    }
}
