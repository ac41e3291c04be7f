package com.fluxvantage.runtime;

import com.fluxvantage.kernel.operation.Mode;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;

/**
 * The boundary of the clock. It does nothing itself: it puts a tick into the outbox for each tenant
 * whose state allows the work, or for the platform's own. From there a tick goes the way of every
 * event, to {@link EventFunction}, which runs the operation. A scheduler that calls twice plans
 * once.
 */
public final class ScheduleFunction implements Function<ScheduleFunction.Due, Integer> {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Logger LOG = LoggerFactory.getLogger("com.fluxvantage.schedule");

    /** What the scheduler says: which operation, and for which time, whenever it says it. */
    public record Due(String operation, Instant scheduledAt) {}

    private final TenantTransaction transaction;

    /** {@code transaction} is of the login {@code fv_dispatch}. */
    public ScheduleFunction(TenantTransaction transaction) {
        this.transaction = transaction;
    }

    /** For how many tenants the tick is new. */
    @Override
    public Integer apply(Due due) {
        int planned =
                transaction.runOutsideTenants(
                        Mode.WRITES,
                        LIMIT,
                        (handle, _) ->
                                handle.createQuery("select fv.plan_job(:job, :at)")
                                        .bind("job", due.operation)
                                        .bind("at", due.scheduledAt)
                                        .mapTo(Integer.class)
                                        .one());
        LOG.atInfo()
                .addKeyValue("operation", due.operation)
                .addKeyValue("scheduled_at", due.scheduledAt)
                .addKeyValue("tenants", planned)
                .log("schedule");
        return planned;
    }
}
