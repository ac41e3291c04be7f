package com.fluxvantage.infra;

import com.fluxvantage.dispatch.PlatformFunction;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Refusal;
import com.fluxvantage.kernel.operation.Trigger;

import software.amazon.awscdk.services.logs.CfnMetricFilter;
import software.constructs.Construct;

import java.util.List;

/**
 * What calls a person about work that nobody calls for: an event that was given up, a message that
 * could not even be given up, a relay that lags or stands still, a job that has not run. The counts
 * come from the lines that functions write.
 */
final class ClockAlarms {
    /** A nightly job that was late once is not missing; one that left a night out is. */
    static final int HOURS_WITHOUT_A_RUN = 36;

    /** An event waits a second as a rule, and a minute after a start that failed. */
    static final long LAG_MILLIS = 120_000;

    /**
     * What a job alarms about.
     *
     * @param name of the metric and of the alarm
     * @param outcome the code of the job's refusal
     * @param page of the runbooks
     */
    record Finding(String name, String job, String outcome, String page, String says) {}

    /** Each by its own page. */
    static final List<Finding> FINDINGS =
            List.of(
                    new Finding(
                            "deletions-stuck",
                            "check-deletions",
                            "lifecycle.deletions-stuck",
                            "a-deletion-is-stuck",
                            "A deletion does not get on."),
                    new Finding(
                            "ends-unproved",
                            "check-deletions",
                            "lifecycle.ends-unproved",
                            "a-proof-of-an-end-is-missing",
                            "The proof that a tenant's data are gone is missing."),
                    new Finding(
                            "certificates-differ",
                            "keep-certificates",
                            "lifecycle.certificates-differ",
                            "a-proof-of-an-end-is-missing",
                            "A certificate is not the one that was kept."),
                    new Finding(
                            "audit-copies-differ",
                            "check-audit-copies",
                            "audit.copies-differ",
                            "the-audit-trail-is-not-what-was-copied-of-it",
                            "An audit trail is not what was copied of it."),
                    new Finding(
                            "audit-behind",
                            "chain-audit",
                            "audit.chain-behind",
                            "a-failed-seal",
                            "Audit entries have been unsealed for more than three minutes."),
                    new Finding(
                            "audit-broken",
                            "check-audit",
                            "audit.trail-broken",
                            "a-failed-seal",
                            "An audit trail does not verify."),
                    new Finding(
                            "tenants-wait",
                            "check-windows",
                            "lifecycle.tenants-wait",
                            "tenants-wait-for-us",
                            "Tenants cannot go on for a fault of ours."),
                    new Finding(
                            "holds-unreviewed",
                            "check-holds",
                            "lifecycle.holds-unreviewed",
                            "the-review-of-a-hold-is-due",
                            "The review of a legal hold is due."));

    private final Construct scope;
    private final Settings settings;
    private final Metrics metrics;
    private final Alarms alarms;

    ClockAlarms(Construct scope, Settings settings, Metrics metrics, Alarms alarms) {
        this.scope = scope;
        this.settings = settings;
        this.metrics = metrics;
        this.alarms = alarms;
    }

    void add(List<Operation<?, ?>> operations) {
        operations.forEach(operation -> {
            switch (operation.trigger()) {
                case Trigger.Schedule _ -> {
                    consumer(operation);
                    runs(operation);
                }
                case Trigger.Event _ -> consumer(operation);
                case Trigger.Http _, Trigger.Authorizer _ -> {}
            }
        });
        alarms.add(
                "events-given-up",
                "a-poison-message",
                "A job or a consumer has given something up.",
                metrics.own(Metrics.GIVEN_UP),
                0,
                1);
        // A cloud without the job has nobody who says it; that ours has them all is tested.
        for (var finding : FINDINGS) {
            operations.stream()
                    .filter(it -> it.name().equals(finding.job()))
                    .forEach(job -> finding(finding, job));
        }
        relay();
    }

    // What a job finds wrong it says by giving up, with the reason in its line. Whoever is called
    // by one of these reads the page about it and not the one about messages.
    private void finding(Finding finding, Operation<?, ?> job) {
        // An alarm about what the job never says would never go off.
        if (job.refuses().stream().noneMatch(it -> Refusal.code(it).equals(finding.outcome()))) {
            throw new IllegalStateException(finding.job() + " never says " + finding.outcome());
        }
        filter(
                "Finding-" + finding.name(),
                settings.functionName(job),
                "{ ($.message = \"event\") && ($.outcome = \"%s\") }".formatted(finding.outcome()),
                finding.name(),
                "1");
        alarms.add(
                finding.name(), finding.page(), finding.says(), metrics.own(finding.name()), 0, 1);
    }

    private void consumer(Operation<?, ?> operation) {
        filter(
                "GivenUp-" + operation.name(),
                settings.functionName(operation),
                "{ ($.message = \"event\") && ($.given_up IS TRUE) }",
                Metrics.GIVEN_UP,
                "1");
        alarms.add(
                operation.name() + "-dead",
                "a-poison-message",
                "A message for " + operation.name() + " could not even be given up.",
                metrics.waitingIn(settings.deadQueueName(operation)),
                0,
                1);
    }

    // A tick that was due for no tenant is a run too: a new platform has none yet.
    private void runs(Operation<?, ?> operation) {
        String metric = Metrics.runs(operation);
        filter(
                "Runs-" + operation.name(),
                settings.functionName(operation),
                "{ ($.message = \"event\") && ($.outcome = \"done\") }",
                metric,
                "1");
        filter(
                "RunsForNobody-" + operation.name(),
                settings.functionName(PlatformFunction.PLAN_JOB),
                "{ ($.message = \"schedule\") && ($.operation = \"%s\") && ($.tenants = 0) }"
                        .formatted(operation.name()),
                metric,
                "1");
        alarms.addForAbsence(
                operation.name() + "-missing",
                "a-job-has-not-run",
                "%s has not run for %d hours.".formatted(operation.name(), HOURS_WITHOUT_A_RUN),
                metrics.hourly(metric),
                HOURS_WITHOUT_A_RUN);
    }

    private void relay() {
        String relay = settings.functionName(PlatformFunction.RELAY);
        filter("Lag", relay, "{ $.message = \"relay\" }", Metrics.LAG, "$.lag_millis");
        alarms.add(
                "relay-lags",
                "the-relay-lags",
                "Events wait too long before they are sent, in milliseconds.",
                metrics.lag(),
                LAG_MILLIS,
                3);
        filter("Turns", relay, "{ $.message = \"relay-turn\" }", Metrics.TURNS, "1");
        alarms.addForAbsence(
                "relay-stands-still",
                "the-relay-stands-still",
                "No start of the relay has come to its end for ten minutes.",
                metrics.turns(),
                2);
    }

    private void filter(String id, String function, String pattern, String metric, String value) {
        CfnMetricFilter.Builder.create(scope, id)
                .logGroupName("/aws/lambda/" + function)
                .filterPattern(pattern)
                .metricTransformations(
                        List.of(
                                CfnMetricFilter.MetricTransformationProperty.builder()
                                        .metricNamespace(metrics.ownNamespace())
                                        .metricName(metric)
                                        .metricValue(value)
                                        .build()))
                .build();
    }
}
