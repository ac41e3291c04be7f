package com.fluxvantage.local;

import java.util.List;

/** What was done, how much of it, and how fast. */
final class DaySummary {
    private final Terminal terminal;
    private final Latencies latencies;

    DaySummary(Terminal terminal, Latencies latencies) {
        this.terminal = terminal;
        this.latencies = latencies;
    }

    void print(List<Floor> floors, double requestsPerSecond, double seconds) {
        terminal.line("");
        for (var floor : floors) {
            var tally = floor.tally();
            terminal.line(
                    terminal.bold("The " + floor.name())
                            + ": %d orders, %d lines, %d units shipped; %d lines short by %d units"
                                    .formatted(
                                            tally.orders.get(),
                                            tally.lines.get(),
                                            tally.units.get(),
                                            tally.shortLines.get(),
                                            tally.shortUnits.get()));
            why(floor);
        }
        var all = latencies.all();
        terminal.line("");
        terminal.line(
                "%d requests in %.0f s, %.0f a second with the floor at work; p50 %.1f ms, p95 %.1f ms, p99 %.1f ms"
                        .formatted(
                                all.count(),
                                seconds,
                                requestsPerSecond,
                                all.p50(),
                                all.p95(),
                                all.p99()));
        latencies
                .byOperation()
                .forEach((operation, it) ->
                        terminal.line(
                                terminal.dim(
                                        "  %-24s %6d   p50 %6.1f   p95 %6.1f   p99 %6.1f"
                                                .formatted(
                                                        operation,
                                                        it.count(),
                                                        it.p50(),
                                                        it.p95(),
                                                        it.p99()))));
    }

    private void why(Floor floor) {
        long missing = 0;
        long damaged = 0;
        for (var shortfall : floor.plan().shortfalls()) {
            missing += shortfall.missing();
            damaged += shortfall.damaged();
        }
        if (missing + damaged > 0) {
            terminal.line(
                    "  of the units asked for %d did not come and %d came damaged"
                            .formatted(missing, damaged));
        }
    }
}
