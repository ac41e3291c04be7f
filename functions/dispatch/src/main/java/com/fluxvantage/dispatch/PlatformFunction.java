package com.fluxvantage.dispatch;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;

/** What this zip can be started as. Each is one function, with a login that is not a tenant's. */
public enum PlatformFunction {
    /**
     * Carries events out of the outbox for most of each minute. Longer than that by one round: of
     * one that begins at the last moment nothing is to be cut off.
     */
    RELAY("Carries events to whoever wants them", "fv_dispatch", Duration.ofMinutes(2)),

    /** Puts the ticks of one schedule into the outbox. */
    PLAN_JOB("Puts the ticks of schedules into the outbox", "fv_dispatch", Duration.ofMinutes(1));

    private final String summary;
    private final String databaseRole;
    private final Duration timeLimit;

    PlatformFunction(String summary, String databaseRole, Duration timeLimit) {
        this.summary = summary;
        this.databaseRole = databaseRole;
        this.timeLimit = timeLimit;
    }

    /** {@code plan-job}; {@code FV_FUNCTION} in the function's environment. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public String summary() {
        return summary;
    }

    public String databaseRole() {
        return databaseRole;
    }

    public Duration timeLimit() {
        return timeLimit;
    }

    /**
     * The function of this label.
     *
     * @throws IllegalStateException when there is none: nothing else is ever run in its place
     */
    static PlatformFunction labelled(String label) {
        return Arrays.stream(values())
                .filter(it -> it.label().equals(label))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalStateException(
                                "the platform has no function of the configured name"));
    }
}
