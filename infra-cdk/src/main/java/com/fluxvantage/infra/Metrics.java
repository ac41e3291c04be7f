package com.fluxvantage.infra;

import com.fluxvantage.kernel.operation.Operation;

import software.amazon.awscdk.Duration;
import software.amazon.awscdk.services.cloudwatch.IMetric;
import software.amazon.awscdk.services.cloudwatch.MathExpression;
import software.amazon.awscdk.services.cloudwatch.Metric;

import java.util.LinkedHashMap;
import java.util.Map;

/** What is measured, found by names: an alarm may be made before what it watches. */
record Metrics(Settings settings) {
    static final String FAULTS = "faults";
    static final String GIVEN_UP = "given-up";
    static final String LAG = "relay-lag-millis";
    static final String TURNS = "relay-turns";

    private static final Duration MINUTE = Duration.minutes(1);
    private static final Duration FIVE_MINUTES = Duration.minutes(5);
    private static final Duration HOUR = Duration.hours(1);

    /** Where the faults that functions write into their logs are counted. */
    String ownNamespace() {
        return "FluxVantage/" + settings.stage().label();
    }

    /**
     * Calls that ended badly on our side: the function did not come to an answer, or its boundary
     * answered that something went wrong and wrote so.
     */
    IMetric fails(Operation<?, ?> operation) {
        // Names of one graph's parts must differ from each other.
        String part = operation.name().replace('-', '_');
        var parts = new LinkedHashMap<String, IMetric>();
        parts.put("unanswered_" + part, ofAlias(operation, "Errors", "Sum", MINUTE));
        parts.put("answered_" + part, own(FAULTS + "-" + operation.name(), "Sum", MINUTE));
        return MathExpression.Builder.create()
                .label(operation.name())
                .expression("FILL(unanswered_%1$s, 0) + FILL(answered_%1$s, 0)".formatted(part))
                .usingMetrics(parts)
                .period(MINUTE)
                .build();
    }

    IMetric calls(Operation<?, ?> operation) {
        return ofAlias(operation, "Invocations", "Sum", FIVE_MINUTES);
    }

    IMetric slowestMillis(Operation<?, ?> operation) {
        return ofAlias(operation, "Duration", "p99", FIVE_MINUTES);
    }

    IMetric throttled() {
        return metric("AWS/Lambda", "Throttles", "Sum", Map.of());
    }

    IMetric ofApi(String name, String statistic) {
        return metric("AWS/ApiGateway", name, statistic, Map.of("ApiName", settings.prefix()));
    }

    IMetric ofDatabase(String name, String statistic) {
        return metric("AWS/RDS", name, statistic, Map.of("DBClusterIdentifier", settings.prefix()));
    }

    IMetric ofProxy(String name, String statistic) {
        return metric("AWS/RDS", name, statistic, Map.of("ProxyName", settings.prefix()));
    }

    IMetric undelivered() {
        return waitingIn(settings.prefix() + "-undelivered");
    }

    IMetric waitingIn(String queue) {
        return metric(
                "AWS/SQS",
                "ApproximateNumberOfMessagesVisible",
                "Maximum",
                Map.of("QueueName", queue));
    }

    /** Runs of a job that came to their end. */
    static String runs(Operation<?, ?> operation) {
        return "runs-" + operation.name();
    }

    /** What was counted from our own lines. */
    IMetric own(String name) {
        return own(name, "Sum", FIVE_MINUTES);
    }

    IMetric hourly(String name) {
        return own(name, "Sum", HOUR);
    }

    IMetric lag() {
        return own(LAG, "Maximum", MINUTE);
    }

    IMetric turns() {
        return own(TURNS, "Sum", FIVE_MINUTES);
    }

    private IMetric own(String name, String statistic, Duration period) {
        return Metric.Builder.create()
                .namespace(ownNamespace())
                .metricName(name)
                .statistic(statistic)
                .period(period)
                .build();
    }

    private IMetric ofAlias(
            Operation<?, ?> operation, String name, String statistic, Duration period) {
        String function = settings.functionName(operation);
        return Metric.Builder.create()
                .label(operation.name())
                .namespace("AWS/Lambda")
                .metricName(name)
                .statistic(statistic)
                .period(period)
                .dimensionsMap(
                        Map.of(
                                "FunctionName",
                                function,
                                "Resource",
                                function + ":" + Settings.ALIAS))
                .build();
    }

    private static IMetric metric(
            String namespace, String name, String statistic, Map<String, String> dimensions) {
        return Metric.Builder.create()
                .namespace(namespace)
                .metricName(name)
                .statistic(statistic)
                .period(FIVE_MINUTES)
                .dimensionsMap(dimensions)
                .build();
    }
}
