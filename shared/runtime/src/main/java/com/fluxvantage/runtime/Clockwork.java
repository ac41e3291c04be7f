package com.fluxvantage.runtime;

import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Trigger;
import com.fluxvantage.kernel.outside.Ports;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * What runs by itself, in this process: the scheduler, the relay, the queues, the bus and every
 * operation behind them. Nothing happens but in {@link #turn()}, and what is due is judged by the
 * clock of the business, so a test moves the clock and turns. Used by one thread.
 */
public final class Clockwork implements AutoCloseable {
    private static final int MOST_RECEIVES = 10;

    /** Everything is due at least once in two days, and starts within another. */
    private static final Duration SURELY_OVERTAKEN = Duration.ofDays(4);

    private static final String DISPATCHER = "fv_dispatch";

    private static final class Planned {
        private final String operation;
        private final Trigger.Schedule schedule;
        private Instant until;

        private Planned(String operation, Trigger.Schedule schedule, Instant until) {
            this.operation = operation;
            this.schedule = schedule;
            this.until = until;
        }

        // Spread by the operation's name, so that a run can be repeated.
        private Instant startOf(Instant due) {
            long spread = Math.max(1, schedule.jitter().toSeconds());
            return due.plusSeconds(Math.floorMod(operation.hashCode(), spread));
        }
    }

    private final Clock clock;
    private final Ports ports;
    private final DatabaseLogins logins;
    private final List<Planned> schedules = new ArrayList<>();
    private final Map<String, EventFunction<?, ?>> consumers = new HashMap<>();
    private final Subscriptions subscriptions;
    private final GuardedConnection dispatcher;
    private final GuardedConnection worker;
    private final LocalQueues queues;
    private final ScheduleFunction scheduler;
    private final OutboxRelay relay;

    /** {@code ports} are this process's own: nothing here leaves the machine. */
    public Clockwork(
            List<Operation<?, ?>> operations, DatabaseSettings database, Clock clock, Ports ports) {
        this.clock = clock;
        this.ports = ports;
        this.logins = new DatabaseLogins(database, "local");
        this.queues = new LocalQueues(clock, MOST_RECEIVES);
        this.dispatcher = new GuardedConnection(database.opener(DISPATCHER, "relay"));
        this.worker = new GuardedConnection(database.opener("fv_worker", "local"));
        var dispatching = new TenantTransaction(dispatcher);
        this.scheduler = new ScheduleFunction(dispatching);
        this.subscriptions = Subscriptions.of(operations);
        this.relay = new OutboxRelay(dispatching, subscriptions, queues, this::toSubscribers);
        var started = clock.instant();
        for (var operation : operations) {
            switch (operation.trigger()) {
                case Trigger.Schedule schedule -> {
                    schedules.add(new Planned(operation.name(), schedule, started));
                    consumers.put(operation.name(), consumer(operation));
                }
                case Trigger.Event _ -> consumers.put(operation.name(), consumer(operation));
                case Trigger.Http _, Trigger.Authorizer _ -> {}
            }
        }
    }

    public LocalQueues queues() {
        return queues;
    }

    /** Does all that is due now, and what follows from it, until there is nothing left to do. */
    public void turn() {
        plan();
        boolean isBusy = true;
        while (isBusy) {
            isBusy = relay.drain() > 0;
            for (var consumer : consumers.entrySet()) {
                while (queues.deliver(consumer.getKey(), consumer.getValue())) {
                    isBusy = true;
                }
            }
        }
    }

    @Override
    public void close() {
        dispatcher.close();
        worker.close();
        logins.close();
    }

    // After a pause only the last of several ticks is planned where it does the others' work too.
    private void plan() {
        var now = clock.instant();
        for (var planned : schedules) {
            boolean isNewestOnly = planned.schedule.overlap() == Trigger.Overlap.NEWEST_ONLY;
            var overtaken = now.minus(SURELY_OVERTAKEN);
            if (isNewestOnly && planned.until.isBefore(overtaken)) {
                planned.until = overtaken;
            }
            var due = planned.schedule.timing().after(planned.until);
            while (!planned.startOf(due).isAfter(now)) {
                var next = planned.schedule.timing().after(due);
                boolean isOvertaken = isNewestOnly && !planned.startOf(next).isAfter(now);
                if (!isOvertaken) {
                    scheduler.apply(new ScheduleFunction.Due(planned.operation, due));
                }
                planned.until = due;
                due = next;
            }
        }
    }

    private Set<Integer> toSubscribers(List<EventMessage> batch) {
        for (var event : batch) {
            for (String consumer : subscriptions.subscribersOf(event)) {
                String once = UUID.randomUUID().toString();
                queues.send(consumer, List.of(new Queues.Message(once, once, event.json())));
            }
        }
        return Set.of();
    }

    private <Q extends Record, R extends Record> EventFunction<Q, R> consumer(
            Operation<Q, R> operation) {
        return new EventFunction<>(operation, new TenantTransaction(worker), clock, ports, logins);
    }
}
