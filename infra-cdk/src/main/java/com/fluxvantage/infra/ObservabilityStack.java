package com.fluxvantage.infra;

import com.fluxvantage.kernel.operation.Operation;

import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.cloudwatch.Dashboard;
import software.amazon.awscdk.services.cloudwatch.GraphWidget;
import software.amazon.awscdk.services.cloudwatch.IMetric;
import software.amazon.awscdk.services.cloudwatch.IWidget;
import software.amazon.awscdk.services.cloudwatch.Metric;
import software.amazon.awscdk.services.logs.CfnMetricFilter;
import software.constructs.Construct;

import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What a person looks at, and what calls one: a row of the dashboard for each domain, an alarm for
 * each operation that comes near its time limit, and those of the platform. The alarms on failing
 * calls are in the delivery stack, since they also turn versions back.
 */
final class ObservabilityStack extends Stack {
    /** A call this near its limit will soon be one beyond it. */
    private static final double NEAR = 0.6;

    private static final int HALF = 12;

    private final Settings settings;
    private final Metrics metrics;

    ObservabilityStack(
            Construct scope, Settings settings, List<Domain> domains, EventsStack events) {
        super(scope, settings.stackName("observability"));
        this.settings = settings;
        this.metrics = new Metrics(settings);
        var alarms = new Alarms(this, settings, events.alarms());
        for (var domain : domains) {
            for (var operation : domain.operations()) {
                countFaults(operation);
                alarms.add(
                        operation.name() + "-slow",
                        "an-operation-is-slow",
                        "One of a hundred calls of " + operation.name() + " nears its time limit.",
                        metrics.slowestMillis(operation),
                        operation.timeLimit().toMillis() * NEAR,
                        3);
            }
        }
        platform(alarms);
        dashboard(domains);
    }

    // The boundary answers a surprise with 500, which the service takes for a success.
    private void countFaults(Operation<?, ?> operation) {
        CfnMetricFilter.Builder.create(this, "Faults-" + operation.name())
                .logGroupName("/aws/lambda/" + settings.functionName(operation))
                .filterPattern("{ $.level = \"ERROR\" }")
                .metricTransformations(
                        List.of(
                                CfnMetricFilter.MetricTransformationProperty.builder()
                                        .metricNamespace(metrics.ownNamespace())
                                        .metricName(Metrics.FAULTS + "-" + operation.name())
                                        .metricValue("1")
                                        .build()))
                .build();
    }

    private void platform(Alarms alarms) {
        alarms.add(
                "gateway-fails",
                "the-gateway-fails",
                "The API answers with failures.",
                metrics.ofApi("5XXError", "Sum"),
                5,
                1);
        alarms.add(
                "functions-throttled",
                "functions-are-throttled",
                "Calls find no free function.",
                metrics.throttled(),
                0,
                2);
        alarms.add(
                "undelivered",
                "something-was-not-delivered",
                "Something was tried often enough and waits for a person.",
                metrics.undelivered(),
                0,
                1);
        alarms.add(
                "keep-alive-fails",
                "a-function-does-not-wake",
                "A function did not answer its weekly call.",
                Metric.Builder.create()
                        .namespace("AWS/States")
                        .metricName("ExecutionsFailed")
                        .statistic("Sum")
                        .period(software.amazon.awscdk.Duration.minutes(5))
                        .dimensionsMap(
                                Map.of(
                                        "StateMachineArn",
                                        "arn:aws:states:%s:%s:stateMachine:%s-keep-alive"
                                                .formatted(
                                                        getRegion(),
                                                        getAccount(),
                                                        settings.prefix())))
                        .build(),
                0,
                1);
        alarms.add(
                "sessions-pinned",
                "the-proxy-pins-sessions",
                "The proxy cannot share connections.",
                metrics.ofProxy("DatabaseConnectionsCurrentlySessionPinned", "Maximum"),
                0,
                1);
        alarms.add(
                "connections-wait",
                "calls-wait-for-a-connection",
                "Calls wait for a connection to the database, in microseconds.",
                metrics.ofProxy("DatabaseConnectionsBorrowLatency", "p99"),
                50_000,
                3);
        alarms.add(
                "database-full",
                "the-database-is-at-its-limit",
                "The database uses most of the capacity it may have, in percent.",
                metrics.ofDatabase("ACUUtilization", "Average"),
                90,
                3);
        alarms.add(
                "deadlocks",
                "transactions-lock-each-other",
                "Transactions lock each other out.",
                metrics.ofDatabase("Deadlocks", "Maximum"),
                0.05,
                3);
    }

    private void dashboard(List<Domain> domains) {
        var dashboard =
                Dashboard.Builder.create(this, "Dashboard")
                        .dashboardName(settings.prefix())
                        .build();
        dashboard.addWidgets(
                graph(
                        "API: calls and failures",
                        List.of(
                                metrics.ofApi("Count", "Sum"),
                                metrics.ofApi("4XXError", "Sum"),
                                metrics.ofApi("5XXError", "Sum"))),
                graph(
                        "API: milliseconds",
                        List.of(metrics.ofApi("Latency", "p50"), metrics.ofApi("Latency", "p99"))));
        dashboard.addWidgets(
                graph(
                        "Database: capacity in use",
                        List.of(
                                metrics.ofDatabase("ACUUtilization", "Average"),
                                metrics.ofDatabase("CPUUtilization", "Average"))),
                graph(
                        "Proxy: connections",
                        List.of(
                                metrics.ofProxy("ClientConnections", "Maximum"),
                                metrics.ofProxy("DatabaseConnections", "Maximum"),
                                metrics.ofProxy(
                                        "DatabaseConnectionsCurrentlySessionPinned", "Maximum"))));
        for (var domain : domains) {
            dashboard.addWidgets(
                    graph(domain.name() + ": calls", each(domain, metrics::calls)),
                    graph(domain.name() + ": failing calls", each(domain, metrics::fails)));
        }
    }

    private static List<IMetric> each(Domain domain, Function<Operation<?, ?>, IMetric> metric) {
        return domain.operations().stream().map(metric).toList();
    }

    private static IWidget graph(String title, List<IMetric> lines) {
        return GraphWidget.Builder.create().title(title).width(HALF).left(lines).build();
    }
}
