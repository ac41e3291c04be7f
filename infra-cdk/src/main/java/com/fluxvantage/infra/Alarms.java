package com.fluxvantage.infra;

import software.amazon.awscdk.services.cloudwatch.Alarm;
import software.amazon.awscdk.services.cloudwatch.ComparisonOperator;
import software.amazon.awscdk.services.cloudwatch.IMetric;
import software.amazon.awscdk.services.cloudwatch.TreatMissingData;
import software.amazon.awscdk.services.cloudwatch.actions.SnsAction;
import software.amazon.awscdk.services.sns.ITopic;
import software.constructs.Construct;

/** Alarms tell the topic, and say where the page about them is. */
record Alarms(Construct scope, Settings settings, ITopic topic) {
    private static final String RUNBOOKS = "docs/runbooks.md#";

    /**
     * @param name without the stage
     * @param page of the runbooks
     * @param limit above which a period counts
     * @param periods in a row
     */
    void add(String name, String page, String says, IMetric metric, double limit, int periods) {
        var alarm =
                Alarm.Builder.create(scope, name)
                        .alarmName(settings.prefix() + "-" + name)
                        .alarmDescription(says + " " + RUNBOOKS + page)
                        .metric(metric)
                        .comparisonOperator(ComparisonOperator.GREATER_THAN_THRESHOLD)
                        .threshold(limit)
                        .evaluationPeriods(periods)
                        // Nobody called, so nothing failed.
                        .treatMissingData(TreatMissingData.NOT_BREACHING)
                        .build();
        alarm.addAlarmAction(new SnsAction(topic));
    }

    /** Goes off when nothing at all was counted in any of so many periods. */
    void addForAbsence(String name, String page, String says, IMetric metric, int periods) {
        var alarm =
                Alarm.Builder.create(scope, name)
                        .alarmName(settings.prefix() + "-" + name)
                        .alarmDescription(says + " " + RUNBOOKS + page)
                        .metric(metric)
                        .comparisonOperator(ComparisonOperator.LESS_THAN_THRESHOLD)
                        .threshold(1)
                        .evaluationPeriods(periods)
                        .datapointsToAlarm(periods)
                        // Nothing was counted: that is what it is about.
                        .treatMissingData(TreatMissingData.BREACHING)
                        .build();
        alarm.addAlarmAction(new SnsAction(topic));
    }
}
