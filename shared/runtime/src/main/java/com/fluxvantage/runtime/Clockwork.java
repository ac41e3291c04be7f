package com.fluxvantage.runtime;

import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Trigger;

import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What runs by itself, in this process: the scheduler, the relay, the queues, the bus and every
 * operation behind them. Nothing happens but in {@link #turn()}, and what is due is judged by the
 * clock of the business, so a test moves the clock and turns. Used by one thread.
 */
public final class Clockwork implements AutoCloseable {
    private static final int MOST_RECEIVES = 10;
    private static final String DISPATCHER = "fv_dispatch";

    private final Clock clock;
    private final Map<String, Trigger.Schedule> schedules = new HashMap<>();
    private final Map<String, Instant> planned = new HashMap<>();
    private final Map<String, EventFunction<?, ?>> consumers = new HashMap<>();
    private final Map<String, Set<String>> consumersOnTheBus = new HashMap<>();
    private final GuardedConnection dispatcher;
    private final GuardedConnection worker;
    private final LocalQueues queues;
    private final ScheduleFunction scheduler;
    private final OutboxRelay relay;

    public Clockwork(List<Operation<?, ?>> operations, DatabaseSettings database, Clock clock) {
        this.clock = clock;
        this.queues = new LocalQueues(clock, MOST_RECEIVES);
        this.dispatcher = new GuardedConnection(database.opener(DISPATCHER, "relay"));
        this.worker = new GuardedConnection(database.opener("fv_worker", "local"));
        var dispatching = new TenantTransaction(dispatcher);
        this.scheduler = new ScheduleFunction(dispatching);
        this.relay =
                new OutboxRelay(
                        dispatching, Subscriptions.of(operations), queues, this::toSubscribers);
        var started = clock.instant();
        for (var operation : operations) {
            switch (operation.trigger()) {
                case Trigger.Schedule schedule -> {
                    schedules.put(operation.name(), schedule);
                    planned.put(operation.name(), started);
                    consumers.put(operation.name(), consumer(operation));
                }
                case Trigger.Event event -> {
                    consumers.put(operation.name(), consumer(operation));
                    if (!event.ordered()) {
                        event.types()
                                .forEach(type ->
                                        consumersOnTheBus
                                                .computeIfAbsent(
                                                        type, _ -> new java.util.TreeSet<>())
                                                .add(operation.name()));
                    }
                }
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
    }

    // After a pause only the last of several ticks is planned where it does the others' work too.
    private void plan() {
        var now = clock.instant();
        schedules.forEach((operation, schedule) -> {
            var due = schedule.timing().after(planned.get(operation));
            while (!startOf(operation, schedule, due).isAfter(now)) {
                var next = schedule.timing().after(due);
                boolean isOvertaken =
                        schedule.overlap() == Trigger.Overlap.NEWEST_ONLY
                                && !startOf(operation, schedule, next).isAfter(now);
                if (!isOvertaken) {
                    scheduler.apply(new ScheduleFunction.Due(operation, due));
                }
                planned.put(operation, due);
                due = next;
            }
        });
    }

    // Spread by the operation's name, so that a run can be repeated.
    private static Instant startOf(String operation, Trigger.Schedule schedule, Instant due) {
        long spread = Math.max(1, schedule.jitter().toSeconds());
        return due.plusSeconds(Math.floorMod(operation.hashCode(), spread));
    }

    private Set<Integer> toSubscribers(List<EventMessage> batch) {
        for (var event : batch) {
            for (String consumer : consumersOnTheBus.getOrDefault(event.type(), Set.of())) {
                String once = java.util.UUID.randomUUID().toString();
                queues.send(consumer, List.of(new Queues.Message(once, once, event.json())));
            }
        }
        return Set.of();
    }

    private <Q extends Record, R extends Record> EventFunction<Q, R> consumer(
            Operation<Q, R> operation) {
        return new EventFunction<>(operation, new TenantTransaction(worker), clock);
    }
}
