package com.fluxvantage.infra;

import com.fluxvantage.kernel.operation.Operation;

import software.amazon.awscdk.Stack;
import software.constructs.Construct;

import java.util.List;

/** What calls a person about work that nobody calls for: apart, since a stack holds so much. */
final class ClockAlarmsStack extends Stack {
    ClockAlarmsStack(
            Construct scope,
            Settings settings,
            List<Operation<?, ?>> operations,
            EventsStack events) {
        super(scope, settings.stackName("clock-alarms"));
        new ClockAlarms(
                        this,
                        settings,
                        new Metrics(settings),
                        new Alarms(this, settings, events.alarms()))
                .add(operations);
    }
}
